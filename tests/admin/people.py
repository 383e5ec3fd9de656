from django.contrib.auth.models import Permission, User
from django.test import Client


def make_archivist(name, *codenames):
    """Someone who may do all with what the archive holds, or only what is named, and is no superuser."""
    user = User.objects.create_user(name, password="x", is_staff=True)
    permissions = Permission.objects.filter(content_type__app_label="archive")
    user.user_permissions.set(permissions.filter(codename__in=codenames) if codenames else permissions)
    return user


def browser_of(user, language="en"):
    client = Client(headers={"accept-language": language})
    client.force_login(user)
    client.user = user
    return client
