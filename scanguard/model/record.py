"""Named tuples that cost nothing to define.

`typing.NamedTuple` compiles a constructor for every class: with some eighty classes that is a sixth of the time of a
whole `scanguard check`. This one shares a constructor and is otherwise the same: a tuple with names, immutable, equal by
value. To a type checker it is `typing.NamedTuple`. See docs/adr/0002-named-tuples.md.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import NamedTuple as NamedTuple
else:
    from _collections import _tuplegetter
    from types import MappingProxyType

    _new = tuple.__new__

    class _Definition(type):
        """Turns annotations into fields, and values in the class body into defaults."""

        def __new__(cls, name, bases, space):
            fields = tuple(space.get("__annotations__", ()))
            defaults = {field: space[field] for field in fields if field in space}
            if fields[len(fields) - len(defaults) :] != tuple(defaults):
                raise TypeError(f"{name}: a field without a default follows one with a default")
            space["__slots__"] = ()
            if fields:
                space.update({field: _tuplegetter(at, "") for at, field in enumerate(fields)})
                space["_fields"] = space["__match_args__"] = fields
                space["_field_defaults"] = defaults
                space["_default_values"] = tuple(defaults.values())
                space["_size"] = len(fields)
            return type.__new__(cls, name, bases, space)

    class NamedTuple(tuple, metaclass=_Definition):
        """A tuple with named fields: `class Point(NamedTuple): x: int; y: int = 0`."""

        _fields = ()
        _field_defaults = MappingProxyType({})
        _default_values = ()
        _size = 0

        def __new__(cls, *values, **named):
            """Make one from positions, names and defaults. Raises TypeError as any function would."""
            missing = cls._size - len(values)
            if not named:
                if not missing:
                    return _new(cls, values)
                defaults = cls._default_values
                if 0 < missing <= len(defaults):
                    return _new(cls, values + defaults[len(defaults) - missing :])
            return _new(cls, _values(cls, values, named))

        def _replace(self, **changes):
            """A copy with some fields changed. Raises ValueError for a name that is no field."""
            values = [changes.pop(field, value) for field, value in zip(self._fields, self, strict=True)]
            if changes:
                raise ValueError(f"{type(self).__name__} has no field {', '.join(changes)}")
            return _new(type(self), values)

        def _asdict(self):
            """The fields by name."""
            return dict(zip(self._fields, self, strict=True))

        def __repr__(self):
            pairs = zip(self._fields, self, strict=True)
            return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in pairs)})"

        def __getnewargs__(self):
            return tuple(self)

    def _values(cls, values, named):
        """The values of all fields, in order, or a TypeError that says what is wrong."""
        if len(values) > len(cls._fields):
            raise TypeError(f"{cls.__name__} takes {len(cls._fields)} values, {len(values)} were given")
        found = list(values)
        for field in cls._fields[len(values) :]:
            if field in named:
                found.append(named.pop(field))
            elif field in cls._field_defaults:
                found.append(cls._field_defaults[field])
            else:
                raise TypeError(f"{cls.__name__} lacks a value for '{field}'")
        if named:
            raise TypeError(f"{cls.__name__} takes no '{next(iter(named))}' here")
        return found
