"""`practice`: a desk with invented people beside this one, to learn at."""

from sync.commands.call import Answer, Call
from sync.commands.entry import clock


def practice(call: Call) -> Answer:
    """Open the window on the practice desk; `--reset` makes it anew, `--prepare` opens nothing."""
    from sync.practice import room

    if call.options.reset:
        room.clear(call.data_dir)
    if call.options.prepare or call.upstairs is None:
        room.enter(call.data_dir, clock).close()
    else:
        call.upstairs.practise(call.data_dir)
    return Answer({"ok": True, "dir": str(room.place(call.data_dir))})
