"""Own types named on the command line: `package.module:Class` or `file.py:Class`."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType

from summarizer.errors import SettingsError
from summarizer.itemtypes.declaring import OwnItem, checked_types


def import_types(places: Iterable[str]) -> tuple[type[OwnItem], ...]:
    """The classes at these places. Raises SettingsError that says what is wrong with which."""
    return checked_types(_class_at(place) for place in places)


def _class_at(place: str) -> type[OwnItem]:
    where, _, name = place.rpartition(":")
    if not where or not name.isidentifier():
        raise SettingsError(
            f"--types {place}: name a class of a module or file, as package.module:Class or file.py:Class."
        )
    module = _module(where, place)
    found = getattr(module, name, None)
    if not (isinstance(found, type) and issubclass(found, OwnItem)):
        declared = [n for n, each in vars(module).items() if isinstance(each, type) and issubclass(each, OwnItem)]
        others = ", ".join(sorted(set(declared) - {"OwnItem"})) or "none"
        raise SettingsError(f"--types {place}: {where} has no own item type {name}; it has {others}.")
    return found


def _module(where: str, place: str) -> ModuleType:
    try:
        return _module_of_file(Path(where)) if where.endswith(".py") else _module_of_name(where)
    except SettingsError as error:
        raise SettingsError(f"--types {place}: {error}") from error
    except Exception as error:
        reason = f"{type(error).__name__}: {str(error)[:200]}"
        raise SettingsError(f"--types {place}: {where} cannot be imported ({reason}).") from error


def _module_of_file(path: Path) -> ModuleType:
    if not path.is_file():
        raise SettingsError(f"there is no file {path}.")
    name = f"own_types_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise SettingsError(f"{path} is no Python file.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # where annotations of its classes are looked up
    spec.loader.exec_module(module)
    return module


def _module_of_name(name: str) -> ModuleType:
    """A module from the folder that one is in, or an installed one."""
    here = str(Path.cwd())
    sys.path.insert(0, here)
    try:
        return importlib.import_module(name)
    finally:
        sys.path.remove(here)
