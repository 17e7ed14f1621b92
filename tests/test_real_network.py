"""The main job on inventories as spaces really keep them: imported, opened, booked, answered, and read by khal."""

from pathlib import Path

import pytest

from scripts.real_network import Failed, main

SPACES = """slug,name,city,country,time_zone,latitude,longitude,language
tin-shed,The Tin Shed,Broome,AU,Australia/Perth,-17.96,122.24,en
werkhalle-nord,Werkhalle Nord,Flensburg,DE,Europe/Berlin,54.79,9.44,de
mill-lane,Mill Lane,Truro,GB,Europe/London,50.26,-5.05,en
"""
TOOLS = """space,kind,name,make_and_model,place,units,training
tin-shed,laser cutter,Old Smoky,,Laser corner,1,yes
tin-shed,3D printer,"Printers, all of them",,Print room,,
tin-shed,other,Bench Meter,,Electronics,1,no
tin-shed,other,Bench Meter,,Electronics,1,no
werkhalle-nord,bandsaw,Bandsäge,Record Power BS350,Holz,1,ja
werkhalle-nord,3D printer,Drucker groß,Prusa MK4,,2,nein
mill-lane,3D printer,Bambu,Bambu Lab P1S,Print room,1,
mill-lane,CNC router,Bee,,Wood,1,"yes, no, maybe"
"""


def written(folder: Path, tools: str = TOOLS) -> Path:
    """A folder with inventories that look like real ones."""
    (folder / "spaces.csv").write_text(SPACES, encoding="utf-8")
    (folder / "tools.csv").write_text(tools, encoding="utf-8")
    return folder


def test_inventories_become_a_network_in_which_people_book(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(written(tmp_path))
    said = capsys.readouterr().out
    assert "tools.csv: 8 lines" in said
    assert "is neither yes nor no" in said
    assert "Australia/Perth: " in said
    assert "The manager's answer to request 2: Confirmed" in said
    assert "The manager's answer to request 3: Declined" in said
    assert "Refused (409)" in said
    assert "Refused (422)" in said


def test_a_line_that_was_not_taken_is_not_passed_over(tmp_path: Path) -> None:
    with pytest.raises(Failed, match="tin-shed shows 3 of 4 tools"):
        main(written(tmp_path, TOOLS.replace("other,Bench Meter", "time machine,Bench Meter", 1)))
