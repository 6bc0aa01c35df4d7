"""Files under a folder that others own too, such as a site's root: read whole, written whole or not at all."""

from pathlib import Path

from tacenda.adapters.durable import write_durably
from tacenda.errors import SettingsError


def read_file(root: Path, path: str) -> bytes | None:
    """The bytes of ``root/path``, or None when there is no such file.

    Raises:
        SettingsError: ``site.read`` when it is there and cannot be read.
    """
    place = inside(root, path)
    try:
        return place.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise SettingsError("site.read", f"It cannot be read: {error.strerror}.", where=str(place)) from error


def write_file(root: Path, path: str, data: bytes) -> bool:
    """Put `data` at ``root/path`` in one step; whether anything changed.

    The mode of a file that is there is kept; a new file is readable by all, since a web server serves it.

    Raises:
        SettingsError: ``site.write``, with nothing changed.
    """
    place = inside(root, path)
    try:
        if place.is_file() and place.read_bytes() == data:
            return False
        mode = place.stat().st_mode & 0o777 if place.is_file() else 0o644
    except OSError as error:
        raise SettingsError(
            "site.write",
            f"It cannot be written: {error.strerror}.",
            hint="Check space and permission.",
            where=str(place),
        ) from error
    write_durably(place, data, mode)
    return True


def remove_file(root: Path, path: str) -> bool:
    """Remove ``root/path``; whether it was there."""
    place = inside(root, path)
    try:
        place.unlink()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise SettingsError("site.write", f"It cannot be removed: {error.strerror}.", where=str(place)) from error
    return True


def inside(root: Path, path: str) -> Path:
    """``root/path``, refusing a path that leads out of `root`.

    Raises:
        SettingsError: ``site.outside``.
    """
    place = root / path
    if not place.resolve().is_relative_to(root.resolve()):
        raise SettingsError("site.outside", "This path leads out of its folder.", where=str(place))
    return place
