"""What is printed when the service starts: where it is, and on the very first start how to sign in."""

from __future__ import annotations

import secrets

from actions.make_demo_staff import close_demo_staff, make_demo_staff
from actions.manage_staff import StaffProblem, add_staff, list_staff
from bot.assembly import House
from storage.errors import Conflict

FIRST_LOGIN = "admin"


def announce(house: House) -> None:
    """Print the addresses; without any caseworker make the first one and print her password once."""
    settings = house.settings
    host = "localhost" if settings.host in ("127.0.0.1", "0.0.0.0", "::1") else settings.host  # noqa: S104
    address = f"http://{host}:{settings.port}"
    lines = [f"web chat:  {address}/", f"console:   {address}/console/"]
    if not list_staff(house.database):
        lines += _first_account(house)
    if settings.demo:
        people = make_demo_staff(house.database, house.mind.catalog)
        lines += [f"demo:      {login} / {password}" for login, password in people]
    if settings.is_secure:
        close_demo_staff(house.database)
        if not settings.security_contact:
            lines.append("security:  no ZHUCAN_SECURITY_CONTACT, so no /.well-known/security.txt")
    if settings.telegram_token.get_secret_value():
        way = "webhook" if settings.telegram_webhook_url else "polling"
        lines.append(f"Telegram:  {way}")
    print("\n".join(lines), flush=True)  # noqa: T201 - this is for the person at the terminal


def _first_account(house: House) -> list[str]:
    """Make the first caseworker; nothing to tell when another process that starts just now was quicker."""
    password = secrets.token_urlsafe(12)
    office = house.mind.catalog.district_office
    try:
        add_staff(
            house.database,
            house.mind.catalog,
            login=FIRST_LOGIN,
            name=office.name,
            office=office.id,
            password=password,
        )
    except (Conflict, StaffProblem):
        return []
    return [f"sign in:   {FIRST_LOGIN} / {password}   (shown once; `zhucan staff add` for more)"]
