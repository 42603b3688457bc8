"""What a run is about: who is at odds over what, which faults are sure to come, when it begins.

Every seed has the profile of its turn, so that each kind of trouble comes often, in a world made
for it; which further faults strike, and how often, is drawn beside that.
"""

import msgspec

from tests.simulation.road import DAY_MS

YEARS_END_MS = 30 * DAY_MS  # from the beginning of a run to 30 December


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of run; weights and rates are beside those that hold in every run.

    `hot` is how many records all clerks go for, 0 for any; `few` how often one of three values is
    typed instead of a new one; `far` how often the third desk is another office's; `late` how often
    it begins at the year's end; `old` how often one desk has an earlier version of the program.
    `acts`, `events` and `scenes` are weights by name, `sure` the rates
    of faults that are on in any case.
    """

    name: str
    acts: dict[str, int] = {}
    events: dict[str, int] = {}
    scenes: dict[str, int] = {}
    sure: dict[str, float] = {}
    hot: int = 0
    far: float = 0.5
    few: float = 0.0
    late: float = 0.1
    old: float = 0.0


PROFILES = (
    Profile(name="plain", scenes={"contest": 4, "unheard": 4, "two_choices": 4}, few=0.1, old=0.4),
    Profile(
        name="values",
        acts={"change": 14, "choose": 9, "bring": 3, "move": 2, "write": 1, "register": 1},
        scenes={"contest": 12, "unheard": 14, "two_choices": 14, "workbook": 5},
        sure={"lost": 0.2, "meanwhile": 0.2},
        hot=2,
        few=0.15,
    ),
    Profile(
        name="papers",
        acts={
            "write": 8,
            "move": 12,
            "change": 8,
            "choose": 6,
            "staff": 2,
            "register": 1,
            "attach": 4,
        },
        events={"wait": 12},
        scenes={"two_papers": 14, "printed": 14, "contest": 4, "dismissed": 8},
        sure={"lost": 0.15},
        late=0.5,
    ),
    Profile(
        name="past",
        acts={"change": 14, "choose": 5, "write": 3, "move": 3, "attach": 4, "register": 1},
        events={"make_backup": 8, "restore_city": 8, "image_city": 10, "burn": 3},
        scenes={"given_back": 12, "unawares": 12, "granted": 5, "two_choices": 6, "unheard": 4},
        sure={"lost": 0.2, "drop": 0.1},
        hot=3,
    ),
    Profile(
        name="sticks",
        acts={"change": 14, "choose": 6, "write": 4, "move": 3, "attach": 3, "register": 1},
        events={"carry_out": 25, "at_the_city": 25, "carry_in": 20, "mischief": 8},
        scenes={"by_stick": 14, "contest": 4, "two_choices": 6},
        sure={"carry": 0.5, "slow": 0.4, "lost": 0.2},
        hot=3,
    ),
    Profile(
        name="copies",
        acts={"write": 10, "move": 6, "change": 8, "choose": 4, "register": 6, "bring": 2},
        events={"image_laptop": 8, "clone": 8, "put_back": 6, "wait": 6},
        scenes={"copied": 12, "namesakes": 10, "two_papers": 4},
        late=0.3,
    ),
    Profile(
        name="moves",
        acts={"relocate": 12, "change": 16, "choose": 6, "bring": 2, "move": 2, "write": 2},
        events={"revoke": 2},
        scenes={"moved": 20, "contest": 4, "given_back": 2, "workbook_abroad": 6, "late_choice": 5},
        sure={"lost": 0.1},
        hot=3,
        far=1.0,
        old=0.3,
    ),
)


def of(seed: int) -> Profile:
    """Give the profile whose turn it is."""
    return PROFILES[seed % len(PROFILES)]
