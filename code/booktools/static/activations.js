// The activations of relubook, for the explorer page: f and its derivative at x, with the same parameters and the same
// value at each kink. tests/booktools/test_explorer_page.py compares every one of them with the Python functions. One that
// is missing here is left out of the graphs, and the page and the build say so.
(() => {
  const positive = (x) => Math.max(x, 0);
  const negative = (x) => Math.min(x, 0);
  const sigmoid = (x) => 1 / (1 + Math.exp(-x));
  const softplus = (x) => positive(x) + Math.log1p(Math.exp(-Math.abs(x)));
  const density = (x) => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);

  // The standard normal distribution: Φ(x) = 1/2 + φ(x) · (x + x³/3 + x⁵/(3·5) + …). The terms have one sign, so that
  // nothing cancels. Beyond 9 the rest is below the last digit.
  const distribution = (x) => {
    if (Math.abs(x) > 9) return x > 0 ? 1 : 0;
    let term = x, sum = x;
    for (let n = 3; Math.abs(term) > 1e-17 * Math.abs(sum); n += 2) {
      term *= (x * x) / n;
      sum += term;
    }
    return 0.5 + density(x) * sum;
  };

  const A = 1.6732632423543772, S = 1.0507009873554805; // SELU's α and scale
  const C = Math.sqrt(2 / Math.PI), CUBIC = 0.044715; // of GELU's tanh form
  const tanhOfGelu = (x) => Math.tanh(C * (x + CUBIC * x ** 3));

  const leaky = {
    f: (x, {negative_slope}) => positive(x) + negative_slope * negative(x),
    grad: (x, {negative_slope}) => (x > 0 ? 1 : negative_slope),
  };

  globalThis.ACTIVATIONS = {
    relu: {f: positive, grad: (x) => Number(x > 0)},
    leaky_relu: leaky,
    prelu: leaky,
    relu6: {f: (x) => Math.min(positive(x), 6), grad: (x) => Number(x > 0 && x < 6)},
    squared_relu: {f: (x) => positive(x) ** 2, grad: (x) => 2 * positive(x)},
    elu: {
      f: (x, {alpha}) => positive(x) + alpha * Math.expm1(negative(x)),
      grad: (x, {alpha}) => (x > 0 ? 1 : alpha * Math.exp(x)),
    },
    celu: {
      f: (x, {alpha}) => positive(x) + alpha * Math.expm1(negative(x) / alpha),
      grad: (x, {alpha}) => Math.exp(negative(x) / alpha),
    },
    selu: {
      f: (x) => S * (positive(x) + A * Math.expm1(negative(x))),
      grad: (x) => (x > 0 ? S : S * A * Math.exp(x)),
    },
    softplus: {f: (x, {beta}) => softplus(beta * x) / beta, grad: (x, {beta}) => sigmoid(beta * x)},
    gelu: {
      f: (x, {approximate}) => x * (approximate ? (1 + tanhOfGelu(x)) / 2 : distribution(x)),
      grad: (x, {approximate}) => {
        if (!approximate) return distribution(x) + x * density(x);
        const t = tanhOfGelu(x);
        return (1 + t + x * (1 - t * t) * C * (1 + 3 * CUBIC * x * x)) / 2;
      },
    },
    silu: {f: (x) => x * sigmoid(x), grad: (x) => sigmoid(x) + x * sigmoid(x) * sigmoid(-x)},
    swish: {
      f: (x, {beta}) => x * sigmoid(beta * x),
      grad: (x, {beta}) => sigmoid(beta * x) + beta * x * sigmoid(beta * x) * sigmoid(-beta * x),
    },
    mish: {
      f: (x) => x * Math.tanh(softplus(x)),
      grad: (x) => {
        const t = Math.tanh(softplus(x));
        return t + x * (1 - t * t) * sigmoid(x);
      },
    },
    hard_silu: {
      f: (x) => (x * Math.min(positive(x + 3), 6)) / 6,
      grad: (x) => (Math.abs(x) < 3 ? x / 3 + 0.5 : Number(x > 0)),
    },
    sigmoid: {f: sigmoid, grad: (x) => sigmoid(x) * sigmoid(-x)},
    tanh: {f: Math.tanh, grad: (x) => 1 - Math.tanh(x) ** 2},
  };
})();
