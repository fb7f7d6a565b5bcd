"""What a running edge counts is what `/metrics` shows."""

from edge.api.metrics import DeviceDetails, EdgeCollector, rendered
from edge.collection.health import DeviceHealth
from edge.collection.recorder import CollectorHealth
from plc_drivers.errors import Unreachable


def test_every_figure_of_devices_and_work_centers_is_shown() -> None:
    device = DeviceHealth(polls=7, errors=2, connects=3, missed_polls=1, latency_s=0.25)
    device.beats, device.beat_failures = 21, 22
    device.acknowledge_failures = 23
    device.changes, device.missed_changes, device.clock_skew_s = 8, 9, -1.5
    for seconds in (0.01, 0.25, 9.0):
        device.answered(seconds)
    device.failed(Unreachable("opc.tcp://x", "no answer"))
    device.failed(ZeroDivisionError())
    device.latency_s = 0.25
    center = CollectorHealth(
        snapshots=11, facts=12, rechecks=13, quarantines=14, conflicts=15, store_failures=16
    )
    collector = EdgeCollector(
        edge=lambda: {"taktline_edge_last_seq": (42, "Seq of the last fact")},
        devices=lambda: {
            "press1": {**vars(device), "connected": True, "latency_p95_s": 0.5, "resting": 0}
        },
        details=lambda: {
            "press1": DeviceDetails(
                driver="opcua",
                buckets=device.latencies.buckets(),
                sum_s=device.latencies.sum_s,
                failures=device.failures,
            )
        },
        work_centers=lambda: {"L1": vars(center)},
        tasks=lambda: {"link": {"failures": 5}},
    )
    lines = rendered(collector).decode().splitlines()
    shown = dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    histogram = {name: shown.pop(name) for name in list(shown) if "poll_duration" in name}
    of = 'device="press1",driver="opcua"'
    bucket = f"taktline_device_poll_duration_seconds_bucket{{{of},le="
    within = [histogram[f'{bucket}"{bound}"}}'] for bound in ("0.005", "0.01", "0.25", "5.0")]
    assert within == ["0.0", "1.0", "2.0", "2.0"]
    assert histogram[f'{bucket}"+Inf"}}'] == "3.0"
    assert histogram[f"taktline_device_poll_duration_seconds_sum{{{of}}}"] == "9.26"
    assert shown == {
        f'taktline_device_failures_total{{{of},kind="unreachable"}}': "1.0",
        f'taktline_device_failures_total{{{of},kind="defect"}}': "1.0",
        'taktline_device_latency_p95_seconds{device="press1"}': "0.5",
        'taktline_device_breaker_open{device="press1"}': "0.0",
        "taktline_edge_last_seq": "42.0",
        'taktline_device_connected{device="press1"}': "1.0",
        'taktline_device_latency_seconds{device="press1"}': "0.25",
        'taktline_device_polls_total{device="press1"}': "7.0",
        'taktline_device_errors_total{device="press1"}': "2.0",
        'taktline_device_missed_polls_total{device="press1"}': "1.0",
        'taktline_device_connects_total{device="press1"}': "3.0",
        'taktline_device_changes_total{device="press1"}': "8.0",
        'taktline_device_beats_total{device="press1"}': "21.0",
        'taktline_device_beat_failures_total{device="press1"}': "22.0",
        'taktline_device_acknowledge_failures_total{device="press1"}': "23.0",
        'taktline_device_missed_changes_total{device="press1"}': "9.0",
        'taktline_device_clock_skew_seconds{device="press1"}': "-1.5",
        'taktline_work_center_snapshots_total{work_center="L1"}': "11.0",
        'taktline_work_center_facts_total{work_center="L1"}': "12.0",
        'taktline_work_center_rechecks_total{work_center="L1"}': "13.0",
        'taktline_work_center_quarantines_total{work_center="L1"}': "14.0",
        'taktline_work_center_conflicts_total{work_center="L1"}': "15.0",
        'taktline_work_center_store_failures_total{work_center="L1"}': "16.0",
        'taktline_edge_task_failures_total{task="link"}': "5.0",
    }
