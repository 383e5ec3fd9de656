import os
import zipfile

import pytest

from archive.importers import media
from archive.importers.base import Refusal
from archive.importers.media import Media


@pytest.fixture(params=["folder", "zip"])
def saved(request, tmp_path):
    """Saves files of these names, each with its own name as its content, and gives the Media of them."""
    opened = []

    def saved(*names):
        if request.param == "folder":
            path = tmp_path / "media"
            for name in names:
                (path / name).parent.mkdir(parents=True, exist_ok=True)
                (path / name).write_bytes(name.encode())
        else:
            path = tmp_path / "media.zip"
            with zipfile.ZipFile(path, "w") as packed:
                for name in names:
                    packed.writestr(name, name)
        opened.append(Media(path))
        return opened[-1]

    yield saved
    for each in opened:
        each.close()


def content(found):
    return found and found.content.decode()


ADDRESS = "http://www.rives.example/wp-content/uploads/2014/01/pont.jpg"


@pytest.mark.parametrize(
    "place",
    [
        "rives.example/wp-content/uploads/2014/01/pont.jpg",
        "www.rives.example/wp-content/uploads/2014/01/pont.jpg",
        "site/rives.example/wp-content/uploads/2014/01/pont.jpg",
        "wp-content/uploads/2014/01/pont.jpg",
        "uploads/2014/01/pont.jpg",
        "01/pont.jpg",
    ],
)
def test_file_is_found_by_the_end_of_its_address(saved, place):
    found = saved(place, "other/pont.jpg", "pont.jpg").find(ADDRESS)
    assert content(found) == place
    assert found.place.endswith(f": {place}")


def test_file_of_the_right_host_is_taken_where_two_have_the_path(saved):
    files = saved("a.example/i/pont.jpg", "b.example/i/pont.jpg")
    assert content(files.find("https://b.example/i/pont.jpg")) == "b.example/i/pont.jpg"


def test_file_is_found_by_its_name_alone_where_it_is_the_only_one(saved):
    assert content(saved("everything/pont.jpg", "everything/quai.jpg").find(ADDRESS)) == "everything/pont.jpg"


@pytest.mark.parametrize("names", [("a/pont.jpg", "b/pont.jpg"), ("x/01/pont.jpg", "y/01/pont.jpg")])
def test_no_file_is_guessed_where_several_may_be_it(saved, names):
    assert saved(*names).find(ADDRESS) is None


def test_file_that_is_not_there_is_not_found(saved):
    assert saved("a/quai.jpg").find(ADDRESS) is None


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("http://a.example/i/%C3%89t%C3%A9.jpg", "i/Été.jpg"),
        ("http://a.example/i/Été.jpg", "i/E\u0301te\u0301.jpg"),
        ("http://a.example/i/PONT.JPG", "i/pont.jpg"),
        ("//a.example/i/pont.jpg", "i/pont.jpg"),
        ("/i/pont.jpg", "i/pont.jpg"),
        ("http://a.example/i/pont.jpg?w=300", "i/pont.jpg"),
        ("http://a.example/i/pont.jpg?w=300", "i/pont.jpg?w=300"),
    ],
)
def test_name_is_found_however_it_is_written(saved, address, name):
    assert content(saved(name).find(address)) == name


@pytest.mark.parametrize("address", ["", "http://a.example/", "http://[x/a.jpg", "data:image/png;base64,AA", "../../x"])
def test_address_of_no_picture_finds_nothing(saved, address):
    assert saved("i/pont.jpg").find(address) is None


@pytest.mark.parametrize("address", ["http://a.example/../../etc/passwd", "file:///etc/passwd", "/%2e%2e/etc/passwd"])
def test_address_leads_to_no_file_outside(saved, address):
    assert saved("i/pont.jpg").find(address) is None


def test_link_is_not_followed(tmp_path):
    (tmp_path / "secret.jpg").write_bytes(b"secret")
    folder = tmp_path / "media"
    folder.mkdir()
    (folder / "pont.jpg").symlink_to(tmp_path / "secret.jpg")
    (folder / "quai.jpg").write_bytes(b"quai")
    with Media(folder) as files:
        assert files.find("http://a.example/pont.jpg") is None
        assert [each.problem for each in files.problems] == ["A symbolic link within a folder is not followed."]


def test_link_that_was_put_there_since_is_not_followed(tmp_path):
    (tmp_path / "secret.jpg").write_bytes(b"secret")
    folder = tmp_path / "media"
    folder.mkdir()
    (folder / "pont.jpg").write_bytes(b"pont")
    with Media(folder) as files:
        os.remove(folder / "pont.jpg")
        (folder / "pont.jpg").symlink_to(tmp_path / "secret.jpg")
        with pytest.raises(Refusal):
            files.find("http://a.example/pont.jpg")


def test_file_that_is_too_large_is_refused(saved, monkeypatch):
    monkeypatch.setattr(media, "LARGEST", 5)
    with pytest.raises(Refusal, match="over 0 MB"):
        saved("i/pont.jpg").find("http://a.example/i/pont.jpg")


def test_too_many_files_are_refused(saved, monkeypatch):
    monkeypatch.setattr(media, "MOST_FILES", 1)
    with pytest.raises(Refusal, match="more than 1 files"):
        saved("a.jpg", "b.jpg")


def test_what_is_neither_folder_nor_zip_file_is_refused(tmp_path):
    (tmp_path / "a.txt").write_text("text")
    with pytest.raises(Refusal, match="neither a folder nor a zip file"):
        Media(tmp_path / "a.txt")
    with pytest.raises(Refusal, match="no such file"):
        Media(tmp_path / "absent")


def test_zip_file_that_is_cut_off_is_refused(tmp_path):
    (tmp_path / "a.zip").write_bytes(b"PK\x03\x04 and no more")
    with pytest.raises(Refusal, match="cut off"):
        Media(tmp_path / "a.zip")
