"""Writes evaluation's statistical goldens with scipy, statsmodels and scikit-learn.

Tango's interval is in neither: here it is found by maximising the constrained multinomial likelihood numerically and
inverting the score test with brentq, which shares no formula with the product's closed form. Means under chance weights
are found by Gil-Pelaez' inversion along the real line, where the product goes through the saddle point, and by scipy's
beta distribution. Newcombe's is put together
from statsmodels' Wilson intervals. The betting confidence sequence is evaluated on a grid with numpy.
"""

import json
import math
import random
from pathlib import Path

import numpy as np
import scipy
import statsmodels
import statsmodels.api as sm
from scipy import integrate, optimize, stats
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.power import TTestPower
from statsmodels.stats.proportion import proportion_confint

OUT = Path(__file__).parent.parent / "evaluation/src/test/resources/dev/freehold/evaluation/oracle"
TABLES = [
    (40, 12, 5, 43), (0, 0, 0, 12), (36, 12, 2, 0), (180, 3, 9, 8), (1, 20, 0, 3), (95, 1, 0, 4), (500, 40, 41, 419),
    (10, 0, 6, 4), (29, 0, 0, 1), (0, 25, 0, 0), (3, 7, 9, 2),
]


def tango_score(b, c, n, delta):
    """(b - c - n delta) over its standard error at the constrained maximum of the likelihood."""

    def negative(p01):
        p10 = p01 + delta
        rest = 1 - p10 - p01
        return -(scipy.special.xlogy(b, p10) + scipy.special.xlogy(c, p01) + scipy.special.xlogy(n - b - c, rest))

    low, high = max(0.0, -delta), (1 - delta) / 2
    found = optimize.minimize_scalar(negative, bounds=(low, high), method="bounded", options={"xatol": 1e-14})
    candidates = [found.x, low, high]
    p01 = min(candidates, key=lambda p: negative(p) if math.isfinite(negative(p)) else math.inf)
    # Polish: the derivative's root, where there is one inside.
    def slope(p):
        return b / (p + delta) + c / p - 2 * (n - b - c) / (1 - delta - 2 * p)
    try:
        if b + c > 0 and n - b - c > 0:
            p01 = optimize.brentq(slope, low + 1e-13, high - 1e-13, xtol=1e-16)
    except ValueError:
        pass
    variance = n * (2 * p01 + delta - delta * delta)
    distance = b - c - n * delta
    return 0.0 if distance == 0 else math.copysign(math.inf, distance) if variance <= 0 else distance / math.sqrt(variance)


def tango(b, c, n, confidence):
    z = stats.norm.isf((1 - confidence) / 2)
    edge = 1 - 1e-11

    def end(target, otherwise):
        f = lambda d: tango_score(b, c, n, d) - target
        if f(-edge) * f(edge) > 0:
            return otherwise
        return optimize.brentq(f, -edge, edge, xtol=1e-13)

    return [end(z, -1.0), end(-z, 1.0)]


def newcombe(a, b, c, d, confidence):
    n = a + b + c + d
    p1, p2 = (a + b) / n, (a + c) / n
    l1, u1 = proportion_confint(a + b, n, alpha=1 - confidence, method="wilson")
    l2, u2 = proportion_confint(a + c, n, alpha=1 - confidence, method="wilson")
    scale = (a + b) * (c + d) * (a + c) * (b + d)
    top = a * d - b * c
    if top > 0:
        top = max(top - n / 2, 0)
    phi = top / math.sqrt(scale) if scale else 0
    theta = p1 - p2
    low = math.sqrt((p1 - l1) ** 2 - 2 * phi * (p1 - l1) * (u2 - p2) + (u2 - p2) ** 2)
    high = math.sqrt((u1 - p1) ** 2 - 2 * phi * (u1 - p1) * (p2 - l2) + (p2 - l2) ** 2)
    return [max(-1, theta - low), min(1, theta + high)]


def tables():
    for a, b, c, d in TABLES:
        n = a + b + c + d
        yield {
            "table": [a, b, c, d],
            "mcnemar": float(mcnemar([[a, b], [c, d]], exact=True).pvalue),
            "newcombe": newcombe(a, b, c, d, 0.95),
            "tango": tango(b, c, n, 0.95),
            "tango90": tango(b, c, n, 0.90),
            "nonInferiority5": float(stats.norm.sf(tango_score(b, c, n, -0.05))),
        }


def chance_below(sums, counts, weights, mean):
    """That the clusters' mean under gamma weights is below: Gil-Pelaez' inversion on the real line, by quadrature."""
    distances = sums - mean * counts
    scale = np.abs(distances).max()

    def integrand(u):
        return np.exp(-(weights * np.log1p(-1j * u * distances / scale)).sum()).imag / u

    edges = np.concatenate([[0], np.geomspace(0.05, 400, 60)])
    return 0.5 - sum(integrate.quad(integrand, a, b, epsabs=1e-13, limit=200)[0] for a, b in zip(edges, edges[1:])) / math.pi


def weighted(sums, counts):
    """Clusters with exponential weights and one that nobody saw with a gamma weight."""
    found = []
    for unseen, size, weight in ((-1.0, 1.0, 0.5), (0.6, counts.mean(), 1 / 3), (-counts.max(), counts.max(), 1.0)):
        s, n, w = np.append(sums, unseen), np.append(counts, size), np.append(np.ones(len(sums)), weight)
        below = [[m, chance_below(s, n, w, m)] for m in (-0.12, 0.0, 0.05, 0.2)]
        ends = [optimize.brentq(lambda m: chance_below(s, n, w, m) - p, -0.6, 0.6, xtol=1e-12) for p in (0.025, 0.975)]
        found.append({"unseen": [float(unseen), float(size), weight], "below": below, "quantiles": ends})
    return found


def rare_losses():
    """Cases lost wholly: the weighted mean is then a beta variable."""
    for losses, cases, weight in ((0, 30, 1.0), (1, 60, 0.5), (3, 200, 0.5), (9, 5000, 1 / 3)):
        beta = stats.beta(losses + weight, cases - losses)
        yield {"losses": losses, "cases": cases, "weight": weight, "low": -float(beta.isf(0.025)), "below": float(beta.sf(0.02))}


def differences():
    rng = np.random.default_rng(11)
    for name, sizes in (("independent", [1] * 24), ("clustered", [1, 5, 2, 2, 7, 3, 1, 4, 2, 6, 1, 3, 2, 2, 5, 1, 3, 4])):
        groups = np.repeat(np.arange(len(sizes)), sizes)
        shift = rng.normal(0.05, 0.2, len(sizes))
        d = np.round(np.clip(shift[groups] + rng.normal(0, 0.15, len(groups)), -1, 1), 6)
        fit = sm.OLS(d, np.ones(len(d))).fit(cov_type="cluster", cov_kwds={"groups": groups}, use_t=True)
        sums = np.array([d[groups == g].sum() for g in range(len(sizes))])
        counts = np.array(sizes, float)
        case = {
            "name": name, "differences": d.tolist(), "clusters": groups.tolist(),
            "mean": float(fit.params[0]), "standardError": float(fit.bse[0]),
            "student": fit.conf_int(0.05)[0].tolist(), "noDifference": float(fit.pvalues[0]),
        }
        case["weighted"] = weighted(sums, counts)
        yield case


def sequences():
    rng = np.random.default_rng(5)
    d = np.round(np.clip(rng.normal(0.1, 0.3, 300), -1, 1), 4)
    x = (d + 1) / 2
    alpha = 0.05
    stakes, total, squares = [], 0.5, 0.25
    for t, value in enumerate(x, 1):
        stakes.append(math.sqrt(2 * math.log(2 / alpha) / (squares / t * t * math.log(t + 1))))
        total += value
        squares += (value - total / (t + 1)) ** 2
    stakes = np.array(stakes)
    looks = []
    for count in (10, 50, 150, 300):
        def capital(m, side):
            most = 0.5 / m if side > 0 else 0.5 / (1 - m)
            return np.log(0.5) + np.cumsum(np.log1p(side * np.minimum(stakes[:count], most) * (x[:count] - m))).max()
        limit = -math.log(alpha)
        f = lambda side: lambda m: capital(m, side) - limit
        e = 1e-9
        low = optimize.brentq(f(1), e, 1 - e, xtol=1e-14) if f(1)(e) > 0 else 0.0
        high = optimize.brentq(f(-1), e, 1 - e, xtol=1e-14) if f(-1)(1 - e) > 0 else 1.0
        looks.append({"count": count, "interval": [2 * low - 1, 2 * high - 1]})
    return {"differences": d.tolist(), "looks": looks}


def powers():
    bounded = []
    for n, effect, alpha in ((10, 0.3, 0.025), (50, 0.25, 0.025), (400, 0.1, 0.025), (25, 0.0, 0.025), (2000, 0.07, 0.05)):
        power = TTestPower().power(effect_size=effect, nobs=n, alpha=alpha, alternative="larger")
        bounded.append({"clusters": n, "effect": effect, "confidence": 1 - 2 * alpha, "power": float(power)})
    binary = []
    z = stats.norm.isf(0.025)
    for n, margin, difference, discordance in ((30, 0.1, 0.0, 0.2), (60, 0.05, 0.0, 0.1), (100, 0.05, -0.05, 0.2)):
        total = 0
        p = [(discordance + difference) / 2, (discordance - difference) / 2]
        for b in range(n + 1):
            for c in range(n + 1 - b):
                chance = stats.multinomial.pmf([b, c, n - b - c], n, [*p, 1 - sum(p)])
                if chance > 1e-10 and tango_score(b, c, n, -margin) > z:
                    total += chance
        binary.append({"cases": n, "margin": margin, "difference": difference, "discordance": discordance, "power": float(total)})
    return {"bounded": bounded, "binary": binary}


def kappas():
    chooser = random.Random(3)
    one = [chooser.choice("abt") for _ in range(60)]
    other = [x if chooser.random() < 0.6 else chooser.choice("abt") for x in one]
    return {"one": one, "other": other, "kappa": float(cohen_kappa_score(one, other))}


def main():
    p = [0.001, 0.04, 0.02, 0.5, 0.013, 0.04, 0.9]
    golden = {
        "madeWith": f"scipy {scipy.__version__}, statsmodels {statsmodels.__version__}",
        "tables": list(tables()),
        "differences": list(differences()),
        "rareLosses": list(rare_losses()),
        "sequence": sequences(),
        "power": powers(),
        "holm": {"probabilities": p, "adjusted": multipletests(p, method="holm")[1].tolist()},
        "kappa": kappas(),
    }
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "statistics.json").write_text(json.dumps(golden) + "\n")


if __name__ == "__main__":
    main()
