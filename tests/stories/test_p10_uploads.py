"""P10: every scan is uploaded soon after it happened."""

from tests.stories.story import Story


def test_all_scans_in_time() -> None:
    story = Story("gbt-27917").registered("2026-11-02 09:00")
    story.scan("picked_up", "2026-11-02 10:00", uploaded="2026-11-02 11:59")
    story.scan("delivered", "2026-11-03 10:00", uploaded="2026-11-03 10:05")
    assert story.outcome("uploads")["kind"] == "met"


def test_one_scan_too_late_misses_it_and_is_the_evidence() -> None:
    story = Story("gbt-27917").registered("2026-11-02 09:00")
    story.scan("picked_up", "2026-11-02 10:00", uploaded="2026-11-02 13:00", scan_id="late")
    story.scan("delivered", "2026-11-03 10:00", uploaded="2026-11-03 10:05")
    outcome = story.outcome("uploads")
    assert (outcome["kind"], outcome["late_by_ms"]) == ("missed", 3_600_000)
    assert "late" in [one["scan_id"] for one in outcome["evidence"]]


def test_a_correction_of_the_upload_time_corrects_the_outcome() -> None:
    story = Story("gbt-27917").registered("2026-11-02 09:00")
    story.scan("picked_up", "2026-11-02 10:00", uploaded="2026-11-02 13:00", scan_id="late")
    story.scan("delivered", "2026-11-03 10:00")
    story.scan("picked_up", "2026-11-02 10:00", uploaded="2026-11-03 12:00", scan_id="late", revision=1)
    assert story.outcome("uploads")["late_by_ms"] == 24 * 3_600_000
    assert story.outcome("uploads")["replaces"]["late_by_ms"] == 3_600_000
