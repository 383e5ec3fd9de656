import os
import secrets
import shutil
import socket
import subprocess
import sys
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.db.models import F
from django.utils import timezone

from archive.models import Article, Outlet, Withdrawal
from archive.search import rebuild

HOST = "127.0.0.1"
PICTURES = settings.BASE_DIR / "fixtures" / "media"


class Command(BaseCommand):
    help = "Serve the demonstration archive on one's own machine; make it first, where it isn't there yet."
    # The server that takes over makes the checks again, and a second run should begin at once.
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("--port", type=int, default=8000, help="the port to serve on (8000)")
        parser.add_argument("--prepare-only", action="store_true", help="make the archive, and serve nothing")

    def handle(self, *, port, prepare_only, **options):
        if settings.PRODUCTION:
            raise CommandError("demo makes a user and sample articles; it is for NEWSROOM_ENV=local only.")
        if not prepare_only:
            refuse_busy_port(port)
        if migrate():
            self.stdout.write("The database is made.")
        if load_fixtures():
            self.stdout.write("The demonstration archive is loaded.")
        copy_pictures(PICTURES, Path(settings.MEDIA_ROOT))
        password = make_admin()

        site = f"http://{HOST}:{port}"
        self.stdout.write("\nAddresses worth opening:")
        for name, path in addresses():
            self.stdout.write(f"  {name:<28} {site}{path}")
        if password:
            self.stdout.write(f"\nLog in as admin with the password {password} (it is not shown again).")
        else:
            self.stdout.write(
                "\nThe user admin exists; .venv/bin/python manage.py changepassword admin sets a new password."
            )
        if not prepare_only:
            self.stdout.write("Stop with Ctrl-C.\n")
            self.stdout.flush()
            serve(port)


def refuse_busy_port(port):
    with socket.socket() as probe:
        # As the server does: a port that was just given up is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except (OSError, OverflowError) as error:
            raise CommandError(f"port {port} cannot be used ({error}); choose another: make demo PORT=8001") from error


def migrate():
    executor = MigrationExecutor(connection)
    pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if pending:
        call_command("migrate", verbosity=0)
    return bool(pending)


def load_fixtures():
    if Outlet.objects.exists():
        return False
    call_command("loaddata", "demo", verbosity=0)
    rebuild()
    return True


def copy_pictures(source, target):
    for picture in source.rglob("*"):
        copy = target / picture.relative_to(source)
        if picture.is_file() and not copy.exists():
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(picture, copy)


def make_admin():
    """The password drawn for the user admin, or None where somebody can log in already."""
    users = get_user_model()._default_manager
    if users.exists():
        return None
    password = secrets.token_urlsafe(12)
    users.create_superuser("admin", password=password)
    return password


def addresses():
    """Something of each kind, so far as the archive has it: it may be the operator's own by now."""
    yield "all outlets", "/"
    edition = Outlet.objects.order_by(F("parent").desc(nulls_last=True), "slug").first()
    if edition:
        yield edition.name, edition.get_absolute_url()
    article = Article.objects.public().filter(headline__contains="Sotchi").select_related("outlet").first()
    if article:
        yield "a wire story", article.get_absolute_url()
    withdrawal = Withdrawal.objects.in_force(timezone.now().date()).select_related("article__outlet").first()
    if withdrawal:
        yield "an article withdrawn", withdrawal.article.get_absolute_url()
    yield "for staff", "/admin/"


def start_worker():
    """Start what imports uploaded files. The server takes this process's place, and the worker ends with it."""
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "run_jobs", "--beside", str(os.getpid())]
    # In a session of its own: Ctrl-C is the server's to hear. It gives way to the server, whose start is waited for.
    subprocess.Popen(  # noqa: S603
        command, stdin=subprocess.DEVNULL, start_new_session=True, preexec_fn=lambda: os.nice(10)
    )


def serve(port):
    """Become the server: no process stands between it and the terminal."""
    connections.close_all()
    os.environ.setdefault("NEWSROOM_URL", f"http://{HOST}:{port}")
    start_worker()
    arguments = ["--interface", "wsgi", "--no-ws", "--host", HOST, "--port", str(port)]
    arguments += ["--blocking-threads", "4", "--log-level", "warning"]
    os.execv(sys.executable, [sys.executable, "-m", "granian", *arguments, "newsroom.wsgi:application"])  # noqa: S606
