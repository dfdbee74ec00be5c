"""Classes: metaclasses, __init_subclass__, descriptors, properties, slots, decorators, generated classes, operators."""
import abc
import collections
import dataclasses
import enum
import functools
import operator
import typing


class Meta(type):
    @classmethod
    def __prepare__(mcs, name, bases, **options):
        return collections.OrderedDict(made_by="prepare")

    def __new__(mcs, name, bases, space, **options):
        space["options"] = options
        return super().__new__(mcs, name, bases, dict(space))

    def __init__(cls, name, bases, space, **options):
        super().__init__(name, bases, space)
        cls.registry = getattr(cls, "registry", []) + [name]

    def __call__(cls, *arguments):
        return super().__call__(*arguments)

    def __instancecheck__(cls, thing):
        return hasattr(thing, "quacks") or super().__instancecheck__(thing)

    @property
    def described(cls):
        return f"<{cls.__name__}>"


class Typed:
    def __set_name__(self, owner, name):
        self.name = "_" + name

    def __get__(self, thing, owner=None):
        return self if thing is None else getattr(thing, self.name, 0)

    def __set__(self, thing, value):
        if not isinstance(value, int):
            raise TypeError(value)
        setattr(thing, self.name, value)

    def __delete__(self, thing):
        delattr(thing, self.name)


class Base(metaclass=Meta, key=1):
    size = Typed()

    def __init_subclass__(cls, /, extra=None, **options):
        super().__init_subclass__(**options)
        cls.extra = extra

    def __class_getitem__(cls, item):
        return cls.__name__, item

    def __init__(self, size=3):
        self.size = size

    @property
    def double(self):
        return self.size * 2

    @double.setter
    def double(self, value):
        self.size = value // 2

    @double.deleter
    def double(self):
        del self.size

    @staticmethod
    def static(x): return x + 1

    @classmethod
    def made(cls, n): return cls(n)

    def __repr__(self): return f"{type(self).__name__}({self.size})"


class Child(Base, extra="e"):
    def made_twice(self):
        return [super(Child, self).made(n) for n in (1, 2)], super().static(4)

    @functools.cached_property
    def heavy(self):
        return sum(range(self.size))


class Mixed(Child, abc.ABC if type(abc.ABC) is Meta else object):
    def __getattr__(self, name):
        if name.startswith("dyn"):
            return lambda *a: (name, a)
        raise AttributeError(name)

    def __getattribute__(self, name):
        return super().__getattribute__(name)

    def __eq__(self, other): return isinstance(other, Mixed) and self.size == other.size
    def __hash__(self): return hash(self.size)
    def __lt__(self, other): return self.size < other.size
    def __add__(self, other): return Mixed(self.size + getattr(other, "size", other))
    __radd__ = __add__
    def __iadd__(self, other): self.size += other; return self
    def __call__(self, *a, **k): return a, k
    def __len__(self): return self.size
    def __iter__(self): return iter(range(self.size))
    def __contains__(self, x): return x == self.size
    def __getitem__(self, k): return k
    def __bool__(self): return False
    def __enter__(self): return self
    def __exit__(self, *a): return True
    def __format__(self, s): return f"{s}:{self.size}"
    def __index__(self): return self.size


class Slots:
    __slots__ = ("a", "__dict__", "__weakref__")

    def __init__(self): self.a = 1; self.b = 2


b, c, m = Base(4), Child(5), Mixed(6)
b.double = 10
print(b, b.double, Child.registry, Child.extra, Base.options, Base["x"], Child.described, c.heavy, c.heavy, c.made_twice())
del b.double
try:
    c.size = "x"
except TypeError as error:
    print("TypeError", error)
print(m.dynamic(1), m == Mixed(6), sorted([Mixed(2), m]), m + 1, 1 + m, m(1, k=2), len(m), [*m], 6 in m, m[1:2], bool(m), f"{m:q}")
m += 4
with m as same:
    raise KeyError
print(m, same is m, hex(m), Slots().a, Slots().__dict__, isinstance(type("D", (), {"quacks": 1})(), Base), Base.static(2))
try:
    m.missing
except AttributeError as error:
    print(error)


def counted(f):
    @functools.wraps(f)
    def inner(*a, **k):
        inner.calls += 1
        return f(*a, **k)
    inner.calls = 0
    return inner


def with_options(times):
    def decorate(f):
        @functools.wraps(f)
        def inner(*a): return [f(*a) for _ in range(times)]
        return inner
    return decorate


class Decorator:
    def __init__(self, f): self.f = f; functools.update_wrapper(self, f)
    def __get__(self, thing, owner): return functools.partial(self, thing)
    def __call__(self, *a): return "decorated", self.f(*a)


@counted
@with_options(3)
@counted
def plain(x):
    """Documentation."""
    return x


@functools.lru_cache(None)
def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)


@functools.singledispatch
def kind(x): return "object"


@kind.register
def _(x: int): return "int"


@kind.register(list)
def _(x): return ["list", *map(kind, x)]


@functools.total_ordering
class Version:
    def __init__(self, n): self.n = n
    def __eq__(self, o): return self.n == o.n
    def __lt__(self, o): return self.n < o.n


class Methods:
    @Decorator
    def one(self): return 1
    @counted
    def two(self): return 2
    @functools.singledispatchmethod
    def three(self, x): return "any"
    @three.register
    def _(self, x: str): return "str"
    four = functools.partialmethod(lambda self, a, b: (a, b), 1)


print(plain(1), plain.calls, plain.__name__, plain.__doc__, plain.__wrapped__.__wrapped__.calls, fib(60), fib.cache_info())
print(kind(1), kind([1, "a"]), Version(1) <= Version(2), Version(3) > Version(2), Methods().one(), Methods().two(), Methods().three("s"),
      Methods().three(1), Methods().four(2), functools.reduce(lambda a, b: a * b, range(1, 8)), list(map(operator.neg, [1])))


class Color(enum.Enum):
    RED = 1
    GREEN = enum.auto()

    @property
    def pretty(self): return self.name.title()

    @classmethod
    def _missing_(cls, value): return cls.RED


class Flags(enum.Flag):
    A = enum.auto()
    B = enum.auto()


@dataclasses.dataclass(order=True)
class Point:
    x: int
    y: int = 0
    tags: list = dataclasses.field(default_factory=list, compare=False)

    def __post_init__(self): self.tags.append(self.x)


@dataclasses.dataclass(frozen=True, slots=True)
class Frozen:
    a: typing.Any = 1


Pair = collections.namedtuple("Pair", "left right", defaults=[2])


class Record(typing.NamedTuple):
    name: str
    value: int = 3

    def both(self): return self.name, self.value


class Shape(abc.ABC):
    @property
    @abc.abstractmethod
    def area(self): ...


class Square(Shape):
    area = property(lambda self: 4)


print(Color.GREEN.pretty, Color(9), Flags.A | Flags.B, Point(1) < Point(2), dataclasses.replace(Point(3, 4), y=5), Frozen(), Pair(1), Record("n").both())
try:
    Shape()
except TypeError as error:
    print(str(error)[:40], Square().area)
try:
    Frozen().a = 2
except dataclasses.FrozenInstanceError as error:
    print(error)
T = typing.TypeVar("T")


class Box(typing.Generic[T]):
    def get(self) -> T: return 5


print(Box[int]().get(), typing.get_type_hints(Record), Box[int], type("Made", (Base,), {"f": lambda self: 1})(2).f())


class Body:
    exec("dynamic = 5")
    for i in range(3):
        exec(f"def f{i}(self): return {i}")
    if dynamic:
        def chosen(self): return self.f0() + self.f1() + self.f2()
    import sys as module
    frame = module._getframe().f_code.co_name
    del i


print(Body().chosen(), Body.dynamic, Body.frame, __build_class__(lambda: None, "Empty").__name__)
