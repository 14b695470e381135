"""How far a challenger may fall behind: ``mlflow/gates.toml``."""

from __future__ import annotations

import dataclasses
import tomllib
from dataclasses import dataclass
from pathlib import Path

from accounts.errors import BadInput, Fault
from accounts.reading.quoting import quote, suggest

__all__ = ["GateLimits", "read_limits"]


@dataclass(frozen=True)
class GateLimits:
    """The limits of all gates.

    Attributes
    ----------
    accounts
        Simulated accounts to compare on, half of them with habits that no detector is trained on. With fewer
        the paired intervals are wider than the limits, and detectors that are equally good fail.
    seed
        Of their simulation; no other seed trains.
    recall_loss
        Largest loss of recall at the promised rate, on the lower end of the paired 95 % interval.
    log_loss_gain
        Largest rise of the mean log-loss, on the upper end of the interval.
    slice_recall_loss
        Largest loss of recall in a slice of 30 fakes or more, where it is beyond chance.
    calibration_loss
        Largest rise of the calibration error, 0 to 1, on the upper end of the interval.
    public_false_accusations
        Largest share of real organic accounts accused, beyond what chance explains (95 %).
    dosed_accounts
        Authentic accounts into which rising doses are put.
    dose_falls
        Largest share of series in which suspicion falls as more is bought.
    same_first_cause
        Smallest share of accounts accused by both whose first reason names the same family.
    latency_ratio
        Largest time for a verdict over the champion's.
    size_bytes
        Largest bundle.
    """

    accounts: int = 6_400
    seed: int = 987_654
    recall_loss: float = 0.03
    log_loss_gain: float = 0.02
    slice_recall_loss: float = 0.10
    calibration_loss: float = 0.02
    public_false_accusations: float = 0.01
    dosed_accounts: int = 24
    dose_falls: float = 0.15
    same_first_cause: float = 0.5
    latency_ratio: float = 1.5
    size_bytes: int = 20_000_000


def read_limits(path: Path) -> GateLimits:
    """Read a TOML file whose keys are the attributes of :class:`GateLimits`; absent ones keep their default.

    Raises
    ------
    BadInput
        If it is no TOML, or a key is unknown or no number >= 0.
    """
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise BadInput(Fault(str(path), "", "does not exist.")) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(Fault(path.name, "", "must be TOML in UTF-8.")) from error
    fields = {field.name: type(field.default) for field in dataclasses.fields(GateLimits)}
    for name, value in given.items():
        if name not in fields:
            raise BadInput(Fault(path.name, name, f"is no limit of a gate{suggest(name, fields)}"))
        if type(value) not in {int, fields[name]} or value < 0:
            raise BadInput(Fault(path.name, name, f"must be a number >= 0. Got {quote(value)}."))
    return GateLimits(**given)
