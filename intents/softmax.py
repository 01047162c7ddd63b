"""Softmax regression in dual form: one coefficient for each phrase and class.

With a few thousand phrases the matrix of their similarities is small, however many features there
are. The optimizer is L-BFGS with every inner product taken in the space of features: only one product with
the matrix is needed a step, and some 25 steps are enough.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

STEPS = 40
MEMORY = 8
ENOUGH = 1e-5
"""Stop when a step improves the loss by less than this share."""
SUFFICIENT = 1e-4
SHORTEST_STEP = 1e-3


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """Coefficients, the scores they give, and the slope there; `k_` is a product with the matrix."""

    coefficients: Floats
    scores: Floats
    loss: float
    slope: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What one step changed, for the curvature."""

    moved: Floats
    k_moved: Floats
    bent: Floats
    k_bent: Floats
    inverse: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Similarities of the phrases, the class of each, and how strongly coefficients are held down."""

    similarity: Floats
    labels: Ints
    class_count: int
    penalty: float

    def at(self, coefficients: Floats, scores: Floats) -> Point:
        """Loss and slope at these coefficients."""
        rows = np.arange(len(self.labels))
        highest = scores.max(axis=1, keepdims=True)
        powers = np.exp(scores - highest)
        totals = powers.sum(axis=1, keepdims=True)
        spread = np.log(totals[:, 0]) + highest[:, 0] - scores[rows, self.labels]
        loss = float(spread.sum()) + self.penalty / 2 * float(np.vdot(coefficients, scores))
        slope = powers / totals + np.float32(self.penalty) * coefficients
        slope[rows, self.labels] -= 1.0
        return Point(coefficients=coefficients, scores=scores, loss=loss, slope=slope)


def solve(problem: Problem) -> Floats:
    """The coefficients that make the labels likeliest."""
    nothing = np.zeros((len(problem.labels), problem.class_count), dtype=np.float32)
    point = problem.at(nothing, nothing)
    k_slope = problem.similarity @ point.slope
    steps: deque[Step] = deque(maxlen=MEMORY)
    for _ in range(STEPS):
        direction, k_direction = _direction(point.slope, k_slope, steps)
        length, ahead = _search(problem, point, direction, k_direction)
        k_ahead = problem.similarity @ ahead.slope
        bent, k_bent = ahead.slope - point.slope, k_ahead - k_slope
        moved, k_moved = -length * direction, -length * k_direction
        curvature = float(np.vdot(moved, k_bent))
        done = point.loss - ahead.loss < ENOUGH * point.loss
        point, k_slope = ahead, k_ahead
        if done or curvature <= 0:
            break
        steps.append(
            Step(moved=moved, k_moved=k_moved, bent=bent, k_bent=k_bent, inverse=1 / curvature)
        )
    return point.coefficients


def _direction(slope: Floats, k_slope: Floats, steps: deque[Step]) -> tuple[Floats, Floats]:
    """The slope bent by the curvature of the last steps (two-loop recursion)."""
    direction, k_direction = slope.copy(), k_slope.copy()
    shares = []
    for step in reversed(steps):
        share = np.float32(step.inverse * float(np.vdot(step.moved, k_direction)))
        shares.append(share)
        direction -= share * step.bent
        k_direction -= share * step.k_bent
    if steps:
        last = steps[-1]
        size = 1 / (last.inverse * float(np.vdot(last.bent, last.k_bent)))
    else:
        size = 1 / max(float(np.vdot(slope, k_slope)), 1e-12) ** 0.5
    direction *= np.float32(size)
    k_direction *= np.float32(size)
    for step, share in zip(steps, reversed(shares), strict=True):
        rest = share - np.float32(step.inverse * float(np.vdot(step.bent, k_direction)))
        direction += rest * step.moved
        k_direction += rest * step.k_moved
    return direction, k_direction


def _search(
    problem: Problem, point: Point, direction: Floats, k_direction: Floats
) -> tuple[np.float32, Point]:
    """The first of 1, ½, ¼ … of the direction that lowers the loss enough."""
    fall = float(np.vdot(point.slope, k_direction))
    length = np.float32(1.0)
    while True:
        ahead = problem.at(
            point.coefficients - length * direction, point.scores - length * k_direction
        )
        if ahead.loss <= point.loss - SUFFICIENT * float(length) * fall or length < SHORTEST_STEP:
            return length, ahead
        length = np.float32(length / 2)
