import socket
from io import StringIO

import pytest
from django.contrib.auth import authenticate, get_user_model
from django.core.management import CommandError, call_command

from archive.management.commands import demo
from archive.models import Article, Outlet


@pytest.fixture
def run(db, media_root):
    def run(*arguments):
        out = StringIO()
        call_command("demo", "--prepare-only", *arguments, stdout=out)
        return out.getvalue()

    return run


def test_first_run_loads_the_demonstration_archive(run):
    run()

    assert set(Outlet.objects.values_list("name", flat=True)) == {"HuffPost Canada", "HuffPost Québec"}
    assert Article.objects.count() >= 40


def test_first_run_prints_a_password_that_works(run):
    password = run().partition("with the password ")[2].split(" ")[0]

    assert authenticate(username="admin", password=password).is_superuser


def test_first_run_copies_every_picture(run, media_root):
    run()

    pictures = {path.relative_to(demo.PICTURES) for path in demo.PICTURES.rglob("*") if path.is_file()}
    assert pictures
    assert pictures == {path.relative_to(media_root) for path in media_root.rglob("*") if path.is_file()}


def test_addresses_worth_opening_are_shown_and_open(run, client):
    shown = run("--port", "8123").split("http://127.0.0.1:8123")[1:]

    assert [client.get(line.split()[0]).status_code for line in shown] == [200, 200, 200, 410, 302]


def test_front_that_is_shown_is_an_editions(run):
    assert "HuffPost Québec  " in run()


def test_second_run_changes_nothing(run, media_root):
    run()
    # What staff changed since, and a picture that they replaced.
    Article.objects.update(headline="Corrected")
    picture = next(path for path in media_root.rglob("*") if path.is_file())
    picture.write_bytes(b"another picture")
    users = list(get_user_model().objects.values())

    run()

    assert set(Article.objects.values_list("headline", flat=True)) == {"Corrected"}
    assert picture.read_bytes() == b"another picture"
    assert list(get_user_model().objects.values()) == users


def test_second_run_prints_no_password(run):
    run()

    again = run()

    assert "with the password" not in again
    assert "changepassword admin" in again


def test_database_that_is_behind_is_migrated(db, monkeypatch):
    called = []
    monkeypatch.setattr(demo.MigrationExecutor, "migration_plan", lambda self, targets: ["pending"])
    monkeypatch.setattr(demo, "call_command", lambda *names, **options: called.append(names))

    assert demo.migrate()
    assert called == [("migrate",)]


def test_migrated_database_is_left_alone(db):
    assert not demo.migrate()


def test_port_in_use_is_refused_with_the_remedy():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(CommandError, match="PORT="):
            demo.refuse_busy_port(other.getsockname()[1])


def test_port_that_cannot_be_is_refused_with_the_remedy():
    with pytest.raises(CommandError, match="PORT="):
        demo.refuse_busy_port(80_000)


def test_production_is_refused(settings):
    settings.PRODUCTION = True

    with pytest.raises(CommandError, match="NEWSROOM_ENV=local"):
        call_command("demo")


def test_server_takes_the_place_of_the_command(monkeypatch):
    called = []
    monkeypatch.setattr(demo.os, "environ", {})
    monkeypatch.setattr(demo.os, "execv", lambda path, arguments: called.append(arguments))
    monkeypatch.setattr(demo.connections, "close_all", lambda: None)
    monkeypatch.setattr(demo, "start_worker", lambda: None)

    demo.serve(8123)

    assert called[0][1:3] == ["-m", "granian"]
    assert "8123" in called[0]
    assert demo.os.environ["NEWSROOM_URL"] == "http://127.0.0.1:8123"
