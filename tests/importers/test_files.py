import os

import pytest

from archive.importers.base import Problem
from archive.importers.files import LONGEST_PLACE, files_at, shown


@pytest.fixture
def folder(tmp_path):
    """A folder of files, each named by its path in it."""

    def folder(*names):
        for name in names:
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(name)
        return tmp_path

    return folder


def names(path):
    return [str(each.relative_to(path)) for each in files_at(path)]


def problem(path):
    (found,) = files_at(path)
    assert isinstance(found, Problem)
    assert found.remedy
    return found.problem


def test_file_is_itself(folder):
    path = folder("a.txt") / "a.txt"
    assert list(files_at(path)) == [path]


def test_folder_is_read_in_the_order_of_names_with_its_folders(folder):
    assert names(folder("c.txt", "a.txt", "b/2.txt", "b/1.txt", "b/0/x.txt")) == [
        "a.txt",
        "b/0/x.txt",
        "b/1.txt",
        "b/2.txt",
        "c.txt",
    ]


def test_hidden_files_are_passed_over(folder):
    assert names(folder("a.txt", ".DS_Store", ".git/config")) == ["a.txt"]


def test_missing_path_is_told(tmp_path):
    assert problem(tmp_path / "none") == "There is no such file or folder."


@pytest.mark.parametrize("inner", [[], ["empty/.hidden"]])
def test_empty_folder_is_told(folder, inner):
    assert problem(folder(*inner)) == "The folder holds no file."


def test_link_that_leads_back_to_itself_is_told(tmp_path):
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    assert problem(tmp_path / "a") == "The symbolic link leads back to itself."


def test_link_that_was_named_is_followed(folder, tmp_path):
    (folder("a.txt") / "link").symlink_to("a.txt")
    assert list(files_at(tmp_path / "link")) == [tmp_path / "link"]


def test_link_within_a_folder_is_not_followed(folder):
    path = folder("inner/a.txt")
    (path / "inner/up").symlink_to(path)
    assert [each.problem for each in files_at(path) if isinstance(each, Problem)] == [
        "A symbolic link within a folder is not followed."
    ]


def test_pipe_is_told_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert problem(tmp_path / "pipe") == "It is neither a file nor a folder."


def test_folders_may_be_deep(tmp_path):
    deep = tmp_path
    for _level in range(300):
        deep = deep / "d"
        deep.mkdir()
    (deep / "a.txt").write_text("a")
    assert list(files_at(tmp_path)) == [deep / "a.txt"]


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (PermissionError(13, "Permission denied"), "You may not read it."),
        (OSError(5, "Input/output error"), "It can't be read: Input/output error."),
    ],
)
def test_folder_that_can_not_be_read_is_told_and_the_rest_read(folder, monkeypatch, error, told):
    path = folder("a.txt", "closed/b.txt", "d.txt")
    iterdir = type(path).iterdir

    def refuse_one(folder):
        if folder.name == "closed":
            raise error
        return iterdir(folder)

    monkeypatch.setattr(type(path), "iterdir", refuse_one)

    found = list(files_at(path))

    assert found == [path / "a.txt", Problem(shown(path / "closed"), told, found[1].remedy), path / "d.txt"]


def test_name_of_any_bytes_can_be_shown(tmp_path):
    path = tmp_path / os.fsdecode(b"caf\xe9\n\x1b[31m.txt")
    assert shown(path).endswith(r"/caf\xe9\n\x1b[31m.txt")


def test_long_path_is_shown_by_its_end(tmp_path):
    name = shown(tmp_path / "/".join(["folder"] * 100) / "a.txt")
    assert (len(name), name[0], name[-5:]) == (LONGEST_PLACE, "…", "a.txt")
