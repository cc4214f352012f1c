"""Tokens that a CI job holds. ATT&CK T1528."""

from __future__ import annotations

from flycatcher.core.payload.rules import Rule

RULE = Rule(
    id="credentials.ci-tokens",
    technique="T1528",
    points=30,
    sentence="reads a CI system's tokens",
    hints=(
        "token ci_job_jwt twine_password secret application_credentials docker_password "
        "gem_host_api_key rubygems_api_key"
    ),
    values=(
        r"^(?:GITHUB_TOKEN|ACTIONS_RUNTIME_TOKEN|ACTIONS_ID_TOKEN_REQUEST_(?:TOKEN|URL)|"
        r"CI_JOB_TOKEN|CI_JOB_JWT|NPM_TOKEN|NODE_AUTH_TOKEN|PYPI_API_TOKEN|TWINE_PASSWORD|"
        r"AWS_SECRET_ACCESS_KEY|AWS_SESSION_TOKEN|AZURE_CLIENT_SECRET|"
        r"GOOGLE_APPLICATION_CREDENTIALS|BITBUCKET_STEP_OIDC_TOKEN|CIRCLE_OIDC_TOKEN|"
        r"SYSTEM_ACCESSTOKEN|VAULT_TOKEN|GH_TOKEN|GITLAB_TOKEN|DOCKER_PASSWORD|CARGO_REGISTRY_TOKEN|"
        r"RUBYGEMS_API_KEY|GEM_HOST_API_KEY)$"
    ),
)
