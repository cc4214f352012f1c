"""Tokens that their issuer gives a beginning of its own, or another mark that no other text has.

Sources: the issuers' own descriptions of their tokens; beginnings and lengths were compared with the rules of gitleaks, and the
tests hold the detectors of detect-secrets against this table. A token may be cut off at the end of a text or a string: of a
beginning that stands for nothing else, a few characters more are enough there.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from flycatcher.core.regex import lazy


class Issued(NamedTuple):
    """The tokens of one issuer: a fixed beginning, and what follows it."""

    kind: str
    beginnings: tuple[str, ...]
    rest: str
    """One character of the rest, as a class of a regular expression."""
    least: int
    """Characters of the rest, at least; a shorter one is a token only where the text or the string ends."""
    most: int = 512
    before: str = ""
    """What may stand between the beginning and the rest."""


WORD, LETTERS, LOWER, HEX, BASE64 = "[A-Za-z0-9_-]", "[A-Za-z0-9]", "[a-z0-9]", "[a-f0-9]", "[A-Za-z0-9+/=_-]"
CUT = 6
"""Characters behind a beginning from which on it counts at the end of a text or a string."""

ISSUED = (
    Issued("github-token", ("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"), "[A-Za-z0-9_]", 20),
    Issued(
        "gitlab-token",
        (
            "glpat-",
            "gldt-",
            "glrt-",
            "glrtr-",
            "glcbt-",
            "glptt-",
            "glft-",
            "glsoat-",
            "glagent-",
            "gloas-",
            "glimt-",
            "glffct-",
            "glwt-",
            "GR1348941",
        ),
        "[A-Za-z0-9_.-]",
        16,
    ),
    Issued("heroku-key", ("HRKU-",), WORD, 20),
    Issued("square-token", ("sq0atp-", "sq0csp-", "sq0idp-", "EAAAE", "EAAAl", "EAAAF"), WORD, 22),
    Issued("figma-token", ("figd_", "figo_", "figoh_", "figor_", "figur_"), WORD, 20),
    Issued("fly-token", ("fo1_", "fm1r_", "fm1a_", "fm2_"), "[A-Za-z0-9+/=,_-]", 20, 4096),
    Issued("supabase-key", ("sbp_", "sb_secret_", "sbp_v0_", "sbp_oauth_"), "[A-Za-z0-9_]", 20),
    Issued("netlify-token", ("nfp_", "nfc_", "nfo_", "nfu_", "nfb_"), LETTERS, 24),
    Issued("pulumi-token", ("pul-",), HEX, 30, 64),
    Issued("planetscale-token", ("pscale_tkn_", "pscale_oauth_", "pscale_pw_"), "[A-Za-z0-9=._-]", 20),
    Issued("mapbox-token", ("sk.eyJ", "tk.eyJ"), "[A-Za-z0-9._-]", 20),
    Issued("jfrog-token", ("AKCp", "cmVmdGtu"), LETTERS, 40),
    Issued("dynatrace-token", ("dt0c01.", "dt0s01.", "dt0s02.", "dt0s08.", "dt0s16."), "[A-Z0-9.]", 20),
    Issued("xai-key", ("xai-",), LETTERS, 40),
    Issued("groq-key", ("gsk_",), LETTERS, 30),
    Issued("perplexity-key", ("pplx-",), LETTERS, 30),
    Issued("replicate-token", ("r8_",), LETTERS, 30),
    Issued("tailscale-key", ("tskey-",), WORD, 20),
    Issued("sonar-token", ("squ_", "sqp_", "sqa_"), HEX, 40),
    Issued("hubspot-token", ("pat-na1-", "pat-na2-", "pat-eu1-", "pat-ap1-"), "[a-f0-9-]", 20),
    Issued("launchdarkly-key", ("sdk-", "api-", "mob-", "rel-"), "[a-f0-9-]", 36, 36),
    Issued("nuget-key", ("oy2",), LOWER, 43, 43),
    Issued("sendinblue-key", ("xkeysib-", "xsmtpsib-"), "[A-Za-z0-9-]", 20),
    Issued("alibaba-key", ("LTAI",), LETTERS, 17, 20),
    Issued("1password-token", ("ops_eyJ",), BASE64, 20, 4096),
    Issued("clojars-token", ("CLOJARS_",), LOWER, 40),
    Issued("duffel-token", ("duffel_live_", "duffel_test_"), BASE64, 20),
    Issued("easypost-key", ("EZAK", "EZTK"), LETTERS, 54, 54),
    Issued("facebook-token", ("EAAC", "EAAM"), LETTERS, 80),
    Issued("frameio-token", ("fio-u-",), BASE64, 40),
    Issued("flutterwave-key", ("FLWSECK_TEST-", "FLWSECK-"), LETTERS, 12),
    Issued("octopus-key", ("API-",), "[A-Z0-9]", 26, 26),
    Issued("openshift-token", ("sha256~",), WORD, 30),
    Issued("prefect-key", ("pnu_", "pnb_"), LETTERS, 30),
    Issued("readme-key", ("rdme_",), LOWER, 40),
    Issued("scalingo-token", ("tk-us-", "tk-eu-"), WORD, 40),
    Issued("shippo-token", ("shippo_live_", "shippo_test_"), HEX, 30),
    Issued("sourcegraph-token", ("sgp_",), "[A-Za-z0-9_]", 30),
    Issued("typeform-token", ("tfp_",), "[A-Za-z0-9=._-]", 40),
    Issued("intra42-secret", ("s-s4t2ud-", "s-s4t2af-"), HEX, 40),
    Issued("render-key", ("rnd_",), LETTERS, 24),
    Issued("neon-key", ("napi_",), LOWER, 40),
    Issued("cerebras-key", ("csk-",), LOWER, 40),
    Issued("together-key", ("tgp_v1_",), WORD, 30),
    Issued("fireworks-key", ("fw_3Z",), LETTERS, 18),
    Issued("tavily-key", ("tvly-",), WORD, 20),
    Issued("langsmith-key", ("lsv2_pt_", "lsv2_sk_"), "[A-Za-z0-9_]", 30),
    Issued("pinecone-key", ("pcsk_",), "[A-Za-z0-9_]", 30),
    Issued("contentful-token", ("CFPAT-",), WORD, 40),
    Issued("resend-key", ("re_",), LETTERS, 24, 64, before="[A-Za-z0-9]{8}_"),
    Issued("deno-token", ("ddp_", "ddo_"), LETTERS, 30),
    Issued("infracost-key", ("ico-",), LETTERS, 32),
    Issued("rootly-token", ("rootly_",), HEX, 40),
    Issued("snyk-token", ("snyk_uat.", "snyk_sat."), "[A-Za-z0-9._-]", 20),
    Issued("stripe-key", ("sk_live_", "sk_test_", "rk_live_", "rk_test_", "sk_prod_", "rk_prod_"), LETTERS, 10),
    Issued("stripe-key", ("whsec_",), "[A-Za-z0-9+/=]", 20),
    Issued("pypi-token", ("pypi-AgE",), WORD, 20),
    Issued("docker-token", ("dckr_pat_", "dckr_oat_"), WORD, 20),
    Issued("huggingface-token", ("hf_", "api_org_"), LETTERS, 30),
    Issued("vault-token", ("hvs.", "hvb.", "hvr."), WORD, 20),
    Issued("shopify-token", ("shpat_", "shpca_", "shppa_", "shpss_"), "[a-fA-F0-9]", 32),
    Issued("buildkite-token", ("bkua_", "bkaj_", "bkct_"), HEX, 40),
    Issued("notion-token", ("secret_",), LETTERS, 43, 43),
    Issued("elevenlabs-key", ("sk_",), HEX, 48, 48),
    Issued("voyage-key", ("pa-",), WORD, 43, 43),
    Issued("wandb-key", ("wandb_v1_",), "[A-Za-z0-9_]", 30),
    Issued("vercel-token", ("vercel_blob_rw_", "vcp_", "vca_", "vci_"), "[A-Za-z0-9_]", 24),
    Issued("plaid-token", ("access-production-", "access-development-", "access-sandbox-"), "[a-f0-9-]", 30),
    Issued("braintree-token", ("access_token$production$", "access_token$sandbox$"), "[a-z0-9$]", 30),
    Issued("adyen-key", ("AQE",), r"[A-Za-z0-9+/=*^$.\[\]{}()-]", 60),
    Issued("ionic-token", ("ion_",), LETTERS, 42, 42),
    Issued("harness-token", ("pat.", "sat."), "[A-Za-z0-9.]", 40, before="[A-Za-z0-9_-]{22}\\."),
    Issued("posthog-key", ("phx_",), LETTERS, 40),
    Issued("firecrawl-key", ("fc-",), HEX, 32, 32),
    Issued("e2b-key", ("e2b_",), HEX, 40),
    Issued("cursor-key", ("key_",), HEX, 64, 64),
    Issued("inngest-key", ("signkey-prod-", "signkey-test-", "signkey-branch-"), HEX, 32),
    Issued("trigger-key", ("tr_prod_", "tr_dev_", "tr_stg_"), LETTERS, 18),
    Issued("polar-token", ("polar_oat_", "polar_pat_"), LETTERS, 30),
    Issued("dub-key", ("dub_",), LETTERS, 24, 24),
    Issued("unkey-key", ("unkey_",), LETTERS, 20, 24),
    Issued("newrelic-key", ("NRAK-", "NRII-", "NRJS-"), "[A-Za-z0-9-]", 19),
)
_CERTAIN = lazy(r"[-_.].*[a-zA-Z0-9]?$|GR1348941")
_COMMON = frozenset(
    {
        "API-",
        "api-",
        "sdk-",
        "mob-",
        "rel-",
        "pul-",
        "ico-",
        "re_",
        "rnd_",
        "hf_",
        "sha256~",
        "api_org_",
        "csk-",
        "secret_",
        "sk_",
        "pa-",
        "AQE",
        "ion_",
        "pat.",
        "sat.",
        "fc-",
        "key_",
        "dub_",
        "vca_",
        "vci_",
    }
)
"""Beginnings that other words have, too: of these a whole token must be there."""


def may_be_cut(beginning: str) -> bool:
    """Whether a few characters behind a beginning are a token that was cut off."""
    return beginning not in _COMMON and len(beginning) > 3 and _CERTAIN.search(beginning) is not None


def pattern_of(issued: Issued) -> re.Pattern[str]:
    """Return the expression that finds an issuer's tokens; the group ``s`` is what must go."""
    whole = f"(?:{'|'.join(map(re.escape, issued.beginnings))}){issued.before}"
    rest = f"{issued.rest}{{{issued.least},{issued.most}}}"
    if issued.least == issued.most:
        rest += f"(?!{WORD})"
    certain = [re.escape(beginning) for beginning in issued.beginnings if may_be_cut(beginning)]
    if not certain or issued.before:
        return lazy(rf"(?<![A-Za-z0-9]){whole}(?P<s>{rest})")
    after = "|".join(f"(?<={beginning})" for beginning in certain)
    cut = rf"(?:{after})(?=[^\d\s]{{0,64}}\d){issued.rest}{{{CUT},{issued.least}}}(?=\Z|[\s'\"`\\])"
    return lazy(rf"(?<![A-Za-z0-9]){whole}(?P<s>{rest}|{cut})")
