"""Fit the demo's traffic profile from a bank's call records.

    python3 fit.py CALLS.csv > bank.json
    python3 fit.py CALLS.csv --goodness

Needs nothing but Python. The call records are the "Anonymous Bank" data of the Technion's SEELab
(see docs/traffic-profile.md); they do not ship with Tandem, the fitted profile does.
What every field means stands in docs/traffic-profile.md.
"""

import csv
import datetime
import json
import math
import sys

# Linear interpolation between these levels keeps the mean of the heavy tails within a few percent;
# the last level caps the draw, so that one stray record cannot hold an agent for hours.
LEVELS = (
    [0.0, 0.005, 0.01]
    + [round(0.025 * i, 3) for i in range(1, 40)]
    + [0.985, 0.99, 0.995, 0.998]
)

# Brown et al. trace services under ten seconds to agents who hung up to get a rest, not to customers' needs.
SERVICE_MIN_S = 10
# Below this many abandonments a type has no patience curve of its own and takes the pooled one.
PATIENCE_MIN_EVENTS = 60
PATIENCE_MAX_S = 3600

QUEUES = {
    "PS": ("banking", "Everyday banking"),
    "NW": ("new_customers", "New customers"),
    "IN": ("online_help", "Online help"),
    "NE": ("trading", "Trading"),
    "TT": ("return_calls", "Return calls"),
    "PE": ("english", "English desk"),
}

# Sunday to Thursday: datetime counts Monday as 0.
REGULAR_WEEKDAYS = {6, 0, 1, 2, 3}


def read(path):
    """The calls that happened, on regular days; PHANTOM records are no calls."""
    calls = []
    with open(path, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            day = datetime.date.fromisoformat(row["date"])
            if row["outcome"] == "PHANTOM" or day.weekday() not in REGULAR_WEEKDAYS:
                continue
            hour, minute, _ = (int(part) for part in row["vru_entry"].split(":"))
            calls.append(
                {
                    "day": day,
                    "quarter": hour * 4 + minute // 15,
                    "type": row["type"],
                    "priority": row["priority"] == "2",
                    "ivr_s": int(row["vru_time"]),
                    "queue_s": int(row["q_time"]),
                    "served": row["outcome"] == "AGENT",
                    "service_s": int(row["ser_time"]),
                }
            )
    return calls


def quantile(ordered, level):
    position = level * (len(ordered) - 1)
    low = math.floor(position)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (position - low)


def table(values):
    ordered = sorted(values)
    return [round(quantile(ordered, level)) for level in LEVELS]


def service_times(calls):
    return [c["service_s"] for c in calls if c["served"] and c["service_s"] >= SERVICE_MIN_S]


def ivr_times(calls):
    return [c["ivr_s"] for c in calls if c["ivr_s"] >= 0]


def ended_in_ivr(call):
    return not call["served"] and call["queue_s"] == 0


def priority_share(calls):
    """Among those who waited: for the others the bank did not record who called."""
    waited = [c["priority"] for c in calls if c["queue_s"] > 0]
    return sum(waited) / len(waited)


def kaplan_meier(calls):
    """Time until a waiting customer gives up: [(seconds, share that has given up)], being served censors."""
    waits = sorted((c["queue_s"], not c["served"]) for c in calls if c["queue_s"] > 0)
    at_risk, surviving, curve, i = len(waits), 1.0, [], 0
    while i < len(waits):
        seconds, gone, events = waits[i][0], 0, 0
        while i < len(waits) and waits[i][0] == seconds:
            gone += 1
            events += waits[i][1]
            i += 1
        if events:
            surviving *= 1 - events / at_risk
            # With fewer than 20 still waiting the curve says more about chance than about patience.
            if at_risk >= 20:
                curve.append((seconds, 1 - surviving))
        at_risk -= gone
    return curve


def tail_hazard(calls, from_s):
    """Abandonments per second of waiting beyond `from_s`, for the part that the curve cannot show."""
    waited = sum(max(0, c["queue_s"] - from_s) for c in calls if c["queue_s"] > 0)
    events = sum(1 for c in calls if c["queue_s"] > from_s and not c["served"])
    return events / waited


def patience_table(calls):
    curve = kaplan_meier(calls)
    last_s, reached = curve[-1]
    hazard = tail_hazard(calls, quantile(sorted(c["queue_s"] for c in calls if c["queue_s"] > 0), 0.8))
    values = []
    for level in LEVELS:
        if level <= reached:
            seconds, before = 0, (0, 0.0)
            for point in curve:
                if point[1] >= level:
                    width = point[1] - before[1]
                    seconds = before[0] + (point[0] - before[0]) * ((level - before[1]) / width if width else 1)
                    break
                before = point
        else:
            seconds = last_s + math.log((1 - reached) / (1 - level)) / hazard
        values.append(round(min(seconds, PATIENCE_MAX_S)))
    return values, reached


def by_type(calls, code):
    return [c for c in calls if c["type"] == code]


def patience_of(calls, code):
    own = by_type(calls, code)
    events = sum(1 for c in own if c["queue_s"] > 0 and not c["served"])
    return (own, "own") if events >= PATIENCE_MIN_EVENTS else (calls, "pooled")


def fit(calls):
    days = sorted({c["day"] for c in calls})
    per_quarter = [0] * 96
    per_day = dict.fromkeys(days, 0)
    for call in calls:
        per_quarter[call["quarter"]] += 1
        per_day[call["day"]] += 1
    mean_day = len(calls) / len(days)
    queues = []
    for code, (key, name) in QUEUES.items():
        own = by_type(calls, code)
        patience_calls, patience_from = patience_of(calls, code)
        patience, reached = patience_table(patience_calls)
        queues.append(
            {
                "key": key,
                "name": name,
                "source_type": code,
                "share": round(len(own) / len(calls), 4),
                "priority_share": round(priority_share(own), 3),
                "ends_in_ivr_share": round(sum(ended_in_ivr(c) for c in own) / len(own), 3),
                "patience_from": patience_from,
                "patience_observed_to": round(reached, 3),
                "patience_s": patience,
                "service_s": table(service_times(own)),
            }
        )
    return {
        "format": 1,
        "source": "Fitted from the Anonymous Bank data of the Technion SEELab (Brown et al., JASA 100, 2005).",
        "days": len(days),
        "calls_per_day": round(mean_day, 1),
        "day_factors": sorted(round(n / mean_day, 3) for n in per_day.values()),
        "calls_per_hour": [round(n * 4 / len(days), 1) for n in per_quarter],
        "levels": LEVELS,
        "ivr_s": table(ivr_times(calls)),
        "queues": queues,
    }


def distribution_of(levels_table, seconds):
    """Share of draws from the table that are <= `seconds`: the inverse of linear interpolation."""
    if seconds >= levels_table[-1]:
        return 1.0
    share = 0.0
    for i in range(1, len(LEVELS)):
        low, high = levels_table[i - 1], levels_table[i]
        if seconds >= high:
            share = LEVELS[i]
        elif seconds >= low:
            return LEVELS[i - 1] + (LEVELS[i] - LEVELS[i - 1]) * (seconds - low) / (high - low)
        else:
            return share
    return share


def table_mean(values):
    mean = sum((LEVELS[i] - LEVELS[i - 1]) * (values[i] + values[i - 1]) / 2 for i in range(1, len(LEVELS)))
    return mean + (1 - LEVELS[-1]) * values[-1]


def distance_to_sample(values, sample):
    """Kolmogorov distance; whole seconds, so it is read in the middle of each second."""
    ordered = sorted(sample)
    worst, i = 0.0, 0
    while i < len(ordered):
        seconds = ordered[i]
        while i < len(ordered) and ordered[i] == seconds:
            i += 1
        worst = max(worst, abs(i / len(ordered) - distribution_of(values, seconds + 0.5)))
    return worst


def distance_to_curve(values, curve):
    return max(abs(share - distribution_of(values, seconds + 0.5)) for seconds, share in curve)


def goodness(calls):
    first = [c for c in calls if c["day"].day <= 7]
    second = [c for c in calls if c["day"].day > 7]
    print("| table | calls | mean in the data, s | mean of the profile, s | distance | second week from the first |")
    print("|---|---|---|---|---|---|")

    def line(name, sample, learn, check):
        mean = sum(sample) / len(sample)
        held_out = f"{distance_to_sample(table(learn), check):.3f}" if min(len(learn), len(check)) >= 100 else "too few"
        fitted = table(sample)
        print(
            f"| {name} | {len(sample)} | {mean:.1f} | {table_mean(fitted):.1f} "
            f"| {distance_to_sample(fitted, sample):.3f} | {held_out} |"
        )

    line("time in the IVR", ivr_times(calls), ivr_times(first), ivr_times(second))
    for code, (_, name) in QUEUES.items():
        parts = (service_times(by_type(part, code)) for part in (calls, first, second))
        line(f"service, {name}", *parts)

    print("\n| patience | waited | gave up | observed to | median, s | distance | second week from the first |")
    print("|---|---|---|---|---|---|---|")
    for code, (_, name) in QUEUES.items():
        own, source = patience_of(calls, code)
        waited = [c for c in own if c["queue_s"] > 0]
        values, reached = patience_table(own)
        early, late = (
            own_part if source == "own" else part
            for part, own_part in ((first, by_type(first, code)), (second, by_type(second, code)))
        )
        held_out = distance_to_curve(patience_table(early)[0], kaplan_meier(late))
        median = values[LEVELS.index(0.5)]
        print(
            f"| {name}{'' if source == 'own' else ' (pooled)'} | {len(waited)} | {sum(not c['served'] for c in waited)} "
            f"| {reached:.3f} | {median} | {distance_to_curve(values, kaplan_meier(own)):.3f} | {held_out:.3f} |"
        )

    days = sorted({c["day"] for c in calls})
    counts = {(day, quarter): 0 for day in days for quarter in range(96)}
    for call in calls:
        counts[call["day"], call["quarter"]] += 1
    mean_of = [sum(counts[d, q] for d in days) / len(days) for q in range(96)]
    totals = {d: sum(counts[d, q] for q in range(96)) for d in days}
    mean_total = sum(totals.values()) / len(days)
    busy = [q for q in range(96) if mean_of[q] >= 5]

    def dispersion(expected):
        terms = [(counts[d, q] - expected(d, q)) ** 2 / expected(d, q) for d in days for q in busy]
        return sum(terms) / (len(busy) * (len(days) - 1))

    print(f"\nregular days {len(days)}, calls {len(calls)}, mean per day {mean_total:.1f}")
    print(f"busiest quarter {max(mean_of) * 4:.1f} calls per hour, mean 08:00-22:00 {sum(mean_of[32:88]) / 14:.1f}")
    print(f"variance / mean of a quarter's count: {dispersion(lambda d, q: mean_of[q]):.2f} around the mean profile,")
    print(f"  {dispersion(lambda d, q: mean_of[q] * totals[d] / mean_total):.2f} once each day is scaled to its own volume (Poisson: 1)")


def main(arguments):
    if not arguments or arguments[1:] not in ([], ["--goodness"]):
        sys.exit(__doc__)
    calls = read(arguments[0])
    if arguments[1:]:
        goodness(calls)
        return
    profile = fit(calls)
    queues = profile.pop("queues")
    lines = [f'  "{key}": {json.dumps(value, separators=(",", ":"))}' for key, value in profile.items()]
    rows = ",\n".join("    " + json.dumps(queue, separators=(",", ":")) for queue in queues)
    print("{\n" + ",\n".join(lines) + ',\n  "queues": [\n' + rows + "\n  ]\n}")


if __name__ == "__main__":
    main(sys.argv[1:])
