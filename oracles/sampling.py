"""Writes the goldens of sampling: what each step of the chain leaves of a row of logits.

Written from the definitions alone (the papers, and llama.cpp's documentation of its samplers), in
numpy and float64. Needs nothing but numpy.
"""

import json
import pathlib

import numpy as np

OUT = pathlib.Path(__file__).parent.parent / "engine/src/test/resources/dev/freehold/engine/sampling.jsonl"


def softmax(x):
    e = np.exp(x - np.max(x))
    return e / e.sum()


def order(logits):
    return np.lexsort((np.arange(len(logits)), -logits))


def top_k(logits, alive, k):
    ranked = [i for i in order(logits) if alive[i]]
    return mask(len(logits), ranked[:k])


def top_p(logits, alive, p):
    probabilities = softmax(np.where(alive, logits, -np.inf))
    kept, total = [], 0.0
    for i in order(logits):
        if alive[i]:
            kept.append(i)
            total += probabilities[i]
            if total >= p:
                break
    return mask(len(logits), kept)


def min_p(logits, alive, p):
    probabilities = softmax(np.where(alive, logits, -np.inf))
    return alive & (probabilities >= p * probabilities.max())


def typical(logits, alive, p):
    probabilities = softmax(np.where(alive, logits, -np.inf))
    living = np.flatnonzero(alive)
    surprise = -np.log(probabilities[living])
    entropy = float((probabilities[living] * surprise).sum())
    kept, total = [], 0.0
    for i in living[np.argsort(np.abs(surprise - entropy), kind="stable")]:
        kept.append(i)
        total += probabilities[i]
        if total > p:
            break
    return mask(len(logits), kept)


def xtc(logits, alive, threshold):
    probabilities = softmax(np.where(alive, logits, -np.inf))
    above = [i for i in order(logits) if alive[i] and probabilities[i] >= threshold]
    if len(above) < 2:
        return alive
    result = alive.copy()
    result[above[:-1]] = False
    return result


def mask(size, kept):
    result = np.zeros(size, bool)
    result[list(kept)] = True
    return result


def chain(logits, s):
    logits = logits.copy()
    for token, bias in s.get("logitBias", {}).items():
        logits[int(token)] += bias
    history = s.get("history", [])
    generated = s.get("generated", [])
    last = s.get("repeatLastN", 64)
    window = (history + generated) if last < 0 else (history + generated)[-last:] if last else []
    penalty = s.get("repeatPenalty", 1.0)
    for token in set(window):
        logits[token] = logits[token] / penalty if logits[token] > 0 else logits[token] * penalty
    for token in set(generated):
        logits[token] -= s.get("presencePenalty", 0.0)
        logits[token] -= s.get("frequencyPenalty", 0.0) * generated.count(token)
    if "dry" in s:
        logits = dry(logits, history + generated, s["dry"])
    alive = np.ones(len(logits), bool)
    t = s.get("temperature", 1.0)
    if s.get("topK", 0):
        alive = top_k(logits, alive, s["topK"])
    if s.get("typicalP", 1.0) < 1:
        alive = typical(logits, alive, s["typicalP"])
    if s.get("topP", 1.0) < 1:
        alive = top_p(logits, alive, s["topP"])
    if s.get("minP", 0.0) > 0:
        alive = min_p(logits, alive, s["minP"])
    if "xtcThreshold" in s:
        alive = xtc(logits, alive, s["xtcThreshold"])
    return softmax(np.where(alive, logits, -np.inf) / t)


def dry(logits, tokens, s):
    """Tries every earlier place by comparing backwards, one token at a time."""
    logits = logits.copy()
    tokens = tokens[-s["lastN"]:] if s["lastN"] >= 0 else tokens
    breakers = [tuple(b) for b in s["breakers"]]
    reach = len(tokens)
    for start in range(len(tokens) - 1, -1, -1):
        fitting = [b for b in breakers if tuple(tokens[start : start + len(b)]) == b]
        if fitting:
            # What follows the breaker; a match of several tokens counts from its last one.
            reach = len(tokens) - start - max(map(len, fitting))
            break
    lengths = {}
    for end in range(len(tokens) - 1):
        length = 0
        while end - length >= 0 and tokens[end - length] == tokens[len(tokens) - 1 - length]:
            length += 1
        length = min(length, reach)
        follower = tokens[end + 1]
        if length >= s["allowedLength"]:
            lengths[follower] = max(lengths.get(follower, 0), length)
    singles = {b[0] for b in breakers if len(b) == 1}
    if len(tokens) > s["allowedLength"] and reach >= s["allowedLength"]:
        for token, length in lengths.items():
            if token not in singles:
                logits[token] -= s["multiplier"] * s["base"] ** (length - s["allowedLength"])
    return logits


def mirostat(logits, s):
    """One step: what is left, and the bound after each choice of the three likeliest left."""
    p = softmax(logits / s["temperature"])
    ranked = order(logits)
    mu, tau, eta = s["most"], s["tau"], s["eta"]
    if s["version"] == 2:
        kept = [i for i in ranked if -np.log2(p[i]) <= mu] or [ranked[0]]
    else:
        q = p[ranked][:100]
        t = np.log((np.arange(len(q) - 1) + 2) / (np.arange(len(q) - 1) + 1))
        b = np.log(q[:-1] / q[1:])
        exponent = (t * b).sum() / (t * t).sum()
        eps = exponent - 1
        k = ((eps * 2**mu) / (1 - len(logits) ** -eps)) ** (1 / exponent)
        kept = list(ranked[: max(1, int(k))])
    left = np.zeros(len(logits))
    left[kept] = p[kept] / p[kept].sum()
    return left, [mu - eta * (-np.log2(left[i]) - tau) for i in kept[:3]]


def main():
    rng = np.random.default_rng(20261124)
    cases = []

    def case(settings, size=40, spread=2.0):
        logits = np.round(rng.normal(0, spread, size), 4)
        p = chain(logits, settings)
        cases.append({"settings": settings, "logits": [float(x) for x in logits],
                      "expected": {int(i): round(float(p[i]), 8) for i in np.flatnonzero(p)}})

    for settings in [
        {}, {"temperature": 0.7}, {"temperature": 1.5}, {"topK": 5}, {"topK": 100}, {"topP": 0.9}, {"topP": 0.3},
        {"topP": 0.999}, {"minP": 0.05}, {"minP": 0.5}, {"typicalP": 0.9}, {"typicalP": 0.5}, {"typicalP": 0.2},
        {"xtcThreshold": 0.1}, {"xtcThreshold": 0.05}, {"xtcThreshold": 0.5},
        {"topK": 20, "typicalP": 0.95, "topP": 0.9, "minP": 0.02, "xtcThreshold": 0.08, "temperature": 0.6},
        {"topP": 0.95, "minP": 0.1, "temperature": 1.3}, {"minP": 0.05, "xtcThreshold": 0.1},
        {"logitBias": {"3": 5.0, "4": -100.0, "9": 2.5}}, {"logitBias": {"3": -1.0}, "topK": 3},
        {"repeatPenalty": 1.3, "history": [1, 2, 3, 3], "generated": [3, 7]},
        {"repeatPenalty": 1.3, "repeatLastN": 2, "history": [1, 2, 3, 3], "generated": [5, 7]},
        {"repeatPenalty": 1.3, "repeatLastN": 0, "history": [1, 2, 3, 3]},
        {"repeatPenalty": 1.1, "repeatLastN": -1, "history": list(range(20)) * 5},
        {"presencePenalty": 0.8, "frequencyPenalty": 0.3, "history": [1, 2], "generated": [3, 3, 3, 8, 9]},
        {"repeatPenalty": 1.2, "presencePenalty": -0.5, "frequencyPenalty": 1.1, "generated": [0, 0, 6], "topP": 0.8},
    ]:
        case(settings)
    for _ in range(12):
        alphabet = int(rng.integers(2, 5))
        history = [int(x) for x in rng.integers(0, alphabet, int(rng.integers(4, 60)))]
        breakers = [[int(x) for x in rng.integers(0, alphabet + 2, int(rng.integers(1, 4)))]
                    for _ in range(int(rng.integers(0, 3)))]
        case({"dry": {"multiplier": 0.8, "base": 1.75, "allowedLength": int(rng.integers(1, 4)),
                      "lastN": int(rng.choice([-1, 16, 64])), "breakers": breakers},
              "history": history[:-3], "generated": history[-3:]}, size=8)
    for version in (1, 2):
        for most in (0.5, 2.0, 4.0, 10.0):
            settings = {"version": version, "most": most, "tau": most / 2, "eta": 0.1, "temperature": 0.9}
            logits = np.round(rng.normal(0, 2.5, 200), 4)
            p, after = mirostat(logits, settings)
            cases.append({"mirostat": settings, "logits": [float(x) for x in logits],
                          "expected": {int(i): round(float(p[i]), 8) for i in np.flatnonzero(p)}, "after": after})
    OUT.parent.mkdir(parents=True, exist_ok=True)
    with OUT.open("w") as file:
        for c in cases:
            file.write(json.dumps(c) + "\n")
    print(len(cases), "cases,", OUT.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
