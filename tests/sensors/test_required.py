"""Whether the tests of a sensor are skipped or fail, where the product says that it does not work."""

import pytest
from tests import kernel


@pytest.mark.parametrize(
    ("required", "given", "expected"),
    [("1", True, pytest.fail.Exception), ("1", False, pytest.skip.Exception), ("", True, pytest.skip.Exception)],
    ids=["required", "the kernel does not give it", "not required"],
)
def test_a_sensor_that_should_work_and_does_not_is_a_failure_where_sensors_are_required(
    monkeypatch, required, given, expected
):
    monkeypatch.setenv("FLYCATCHER_REQUIRE_SENSORS", required)
    monkeypatch.setitem(kernel._PROBES, "ebpf", lambda: given)
    with pytest.raises(expected, match="it said so"):
        kernel.without("ebpf", "it said so")


def test_the_product_and_the_kernel_agree_about_every_sensor():
    from flycatcher.sources.sensors import audit, ebpf  # noqa: PLC0415 - asked for here only

    for name, probe in (("ebpf", ebpf.probe), ("audit", audit.probe)):
        if kernel.must_work(name) and not (answer := probe()).works:
            kernel.without(name, answer.why)
