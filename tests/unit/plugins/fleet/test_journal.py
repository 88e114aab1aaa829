"""The state file: whole lines of JSON, bounded, rotated; an error of writing is told and ends nothing."""

from __future__ import annotations

import json
from pathlib import Path

from ansible_collections.presence.office.plugins.plugin_utils.fleet.journal import Journal
from ansible_collections.presence.office.plugins.plugin_utils.presence.hold.happenings import Happening, What


def test_lines(tmp_path):
    path = tmp_path / "state.jsonl"
    path.write_text('{"event":"earlier"}\n', encoding="ascii")
    journal = Journal(path)
    journal.note("start", hosts=2)
    journal.happened("desk1", Happening(What.RESTORED, 1.0, "S-1", "ada\n", "x" * 5_000, None))
    journal.close()

    lines = [json.loads(line) for line in path.read_text(encoding="ascii").splitlines()]
    assert [line["event"] for line in lines] == ["earlier", "start", "restored"]
    assert lines[1].pop("time").endswith("Z")
    assert lines[1] == {"event": "start", "hosts": 2}
    assert lines[2].keys() == {"time", "event", "host", "sid", "user", "provider"}
    assert len(lines[2]["provider"]) == 1_001


def test_rotation(tmp_path):
    path = tmp_path / "state.jsonl"
    journal = Journal(path, most_bytes=1_000)
    for n in range(100):
        journal.note("status", held=n)
    journal.close()

    assert sorted(one.name for one in tmp_path.iterdir()) == ["state.jsonl", "state.jsonl.1"]
    sizes = [one.stat().st_size for one in tmp_path.iterdir()]
    assert all(0 < size <= 1_000 for size in sizes)
    assert json.loads(path.read_text(encoding="ascii").splitlines()[-1])["held"] == 99
    assert journal.error == ""


def test_without_a_file_nothing_is_written_and_a_full_disk_is_told():
    Journal(None).note("start")
    journal = Journal(Path("/dev/full"))
    journal.note("start")
    journal.note("status")
    journal.close()

    assert journal.error == "/dev/full: No space left on device"
