"""Claims of the chapter on the network in NumPy."""

from relubook.claims.claim import Claim
from relubook.statistics import paired_difference
from relubook.surveys import by_setting, read


def _backward_bug() -> dict[str, str]:
    table = read("backward_bug")
    crossed, drawn = (table[table["part"] == part] for part in ("cross", "draw"))
    numbers = {}
    for optimizer, rate in (("sgd", 0.3), ("momentum", 0.03), ("adam", 0.01), ("adam", 0.3)):
        rows = crossed[(crossed["optimizer"] == optimizer) & (crossed["learning_rate"] == rate)]
        a, b = (rows["accuracy"][rows["derivative"] == name] for name in ("right", "wrong"))
        numbers[f"accuracy lost, {optimizer} at {rate}"] = f"{paired_difference(a, b):.3f}"
    moved = table[table["part"] == "axis"]
    for axis, value in (("depth", 1), ("depth", 3), ("depth", 5), ("data", "mnist"), ("data", "tumours")):
        rows = moved[moved[axis] == value]
        a, b = (rows["accuracy"][rows["derivative"] == name] for name in ("right", "wrong"))
        numbers[f"accuracy lost, momentum at 0.03, {axis} {value}"] = f"{paired_difference(a, b):.2f}"
    a, b = (by_setting(drawn[drawn["derivative"] == name]) for name in ("right", "wrong"))
    learned = (a["outcome"] == "learned").all(axis=1)
    lost = (a["accuracy"] - b["accuracy"]).mean(axis=1)[learned]
    fails = (b["outcome"] != "learned").any(axis=1)[learned]
    numbers["drawn settings that the right derivative learns"] = f"{learned.sum()} of {len(learned)}"
    numbers["of these, share in which the mistake lowers the accuracy"] = f"{(lost > 0).mean():.2f}"
    numbers["share in which it keeps a seed from learning"] = f"{fails.mean():.2f}"
    return numbers


CLAIMS = (
    Claim(
        name="backward-bug-shows",
        chapter="04-network-in-numpy",
        surveys=("backward_bug",),
        numbers=_backward_bug,
    ),
)
