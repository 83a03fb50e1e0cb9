//! Python functions that programs bring along where a framework lacks what an op needs. A spelling names the one that it
//! calls; a program holds those that it uses.

pub const NUMPY_PUT_BACK: &str = "\
def put_back(g, place, shape):
    \"\"\"g at its place in a tensor of zeros.\"\"\"
    whole = np.zeros(shape)
    np.add.at(whole, place, g)
    return whole
";
pub const TORCH_PUT_BACK: &str = "\
def put_back(g, place, shape):
    \"\"\"g at its place in a tensor of zeros.\"\"\"
    places = torch.arange(math.prod(shape)).reshape(shape)[place]
    return torch.zeros(math.prod(shape)).index_add(0, places.reshape(-1), g.reshape(-1)).reshape(shape)
";
pub const JAX_PUT_BACK: &str = "\
def put_back(g, place, shape):
    \"\"\"g at its place in a tensor of zeros.\"\"\"
    return jnp.zeros(shape).at[place].add(g)
";
pub const TENSORFLOW_PUT_BACK: &str = "\
def put_back(g, place, shape):
    \"\"\"g at its place in a tensor of zeros.\"\"\"
    places = np.arange(math.prod(shape)).reshape(shape)[place]
    flat = tf.scatter_nd(places.reshape(-1, 1), tf.reshape(g, [-1]), [math.prod(shape)])
    return tf.reshape(flat, shape)
";

pub const NUMPY_SUM_TO: &str = "\
def sum_to(g, shape):
    \"\"\"Sums g over the axes along which something of that shape was broadcast.\"\"\"
    g = np.sum(g, axis=tuple(range(np.ndim(g) - len(shape))))
    return np.sum(g, axis=tuple(i for i, n in enumerate(shape) if n == 1), keepdims=True)
";
pub const JAX_SUM_TO: &str = "\
def sum_to(g, shape):
    \"\"\"Sums g over the axes along which something of that shape was broadcast.\"\"\"
    g = jnp.sum(g, axis=tuple(range(g.ndim - len(shape))))
    return jnp.sum(g, axis=tuple(i for i, n in enumerate(shape) if n == 1), keepdims=True)
";
pub const TENSORFLOW_SUM_TO: &str = "\
def sum_to(g, shape):
    \"\"\"Sums g over the axes along which something of that shape was broadcast.\"\"\"
    g = tf.reduce_sum(g, axis=list(range(len(g.shape) - len(shape))))
    return tf.reduce_sum(g, axis=[i for i, n in enumerate(shape) if n == 1], keepdims=True)
";

pub const TORCH_SPREAD: &str = "\
def spread(g, axes, shape):
    \"\"\"Copies g along the axes that a reduction has taken away.\"\"\"
    for axis in sorted(axis % len(shape) for axis in axes):
        g = g.unsqueeze(axis)
    return g.expand(shape)
";
pub const TENSORFLOW_SPREAD: &str = "\
def spread(g, axes, shape):
    \"\"\"Copies g along the axes that a reduction has taken away.\"\"\"
    for axis in sorted(axis % len(shape) for axis in axes):
        g = tf.expand_dims(g, axis)
    return tf.broadcast_to(g, shape)
";

pub const JAX_ROOT: &str = "\
def root(x):
    \"\"\"The square root with the derivative 0 at 0.\"\"\"
    return jnp.where(x == 0, 0.0, jnp.sqrt(jnp.where(x == 0, 1.0, x)))
";
pub const TENSORFLOW_ROOT: &str = "\
def root(x):
    \"\"\"The square root with the derivative 0 at 0.\"\"\"
    return tf.where(x == 0, 0.0, tf.sqrt(tf.where(x == 0, 1.0, x)))
";

pub const TORCH_CBRT: &str = "\
def cbrt(x):
    \"\"\"The cube root, of negative numbers, too.\"\"\"
    size = torch.where(x < 0, -x, x) ** (1 / 3)
    return torch.where(x < 0, -size, size)
";
pub const TENSORFLOW_CBRT: &str = "\
def cbrt(x):
    \"\"\"The cube root, of negative numbers, too.\"\"\"
    size = tf.where(x < 0, -x, x) ** (1 / 3)
    return tf.where(x < 0, -size, size)
";

pub const TORCH_HYPOT: &str = "\
def hypot(a, b):
    \"\"\"The root of a² + b² without overflow, with the derivatives 0 where both are 0.\"\"\"
    scale = torch.maximum(torch.abs(a), torch.abs(b)).detach()
    scale = torch.where(scale == 0, 1.0, scale)
    squares = (a / scale) ** 2 + (b / scale) ** 2
    return scale * torch.where(squares == 0, 0.0, torch.sqrt(torch.where(squares == 0, 1.0, squares)))
";
pub const JAX_HYPOT: &str = "\
def hypot(a, b):
    \"\"\"The root of a² + b² without overflow, with the derivatives 0 where both are 0.\"\"\"
    scale = jax.lax.stop_gradient(jnp.maximum(jnp.abs(a), jnp.abs(b)))
    scale = jnp.where(scale == 0, 1.0, scale)
    squares = (a / scale) ** 2 + (b / scale) ** 2
    return scale * jnp.where(squares == 0, 0.0, jnp.sqrt(jnp.where(squares == 0, 1.0, squares)))
";
pub const TENSORFLOW_HYPOT: &str = "\
def hypot(a, b):
    \"\"\"The root of a² + b² without overflow, with the derivatives 0 where both are 0.\"\"\"
    scale = tf.stop_gradient(tf.maximum(tf.abs(a), tf.abs(b)))
    scale = tf.where(scale == 0, 1.0, scale)
    squares = tf.square(a / scale) + tf.square(b / scale)
    return scale * tf.where(squares == 0, 0.0, tf.sqrt(tf.where(squares == 0, 1.0, squares)))
";

pub const JAX_POWER: &str = "\
def power(a, b):
    \"\"\"a to the power b, with the derivatives 0 where both are 0.\"\"\"
    both = (a == 0) & (b == 0)
    return jnp.where(both, 1.0, jnp.where(both, 1.0, a) ** b)
";
pub const TENSORFLOW_POWER: &str = "\
def power(a, b):
    \"\"\"a to the power b, with the derivatives 0 where both are 0.\"\"\"
    a, b = tf.convert_to_tensor(a, tf.float64), tf.convert_to_tensor(b, tf.float64)
    both = (a == 0) & (b == 0)
    return tf.where(both, 1.0, tf.where(both, 1.0, a) ** b)
";

pub const NUMPY_XLOGY: &str = "\
def xlogy(a, b):
    \"\"\"a · log b, and 0 where a is 0.\"\"\"
    return np.where(a == 0, 0.0, a * np.log(np.where(a == 0, 1.0, b)))
";

pub const NUMPY_SIGMOID: &str = "\
def sigmoid(x):
    \"\"\"1 / (1 + e^-x), without overflow on either side.\"\"\"
    t = np.exp(-np.abs(x))
    return np.where(x >= 0, 1.0, t) / (1 + t)
";

pub const NUMPY_SOFTMAX: &str = "\
def softmax(z, axis):
    \"\"\"Scores as probabilities; the largest is subtracted, so that nothing overflows.\"\"\"
    e = np.exp(z - np.max(z, axis=axis, keepdims=True))
    return e / np.sum(e, axis=axis, keepdims=True)
";
pub const NUMPY_LOG_SOFTMAX: &str = "\
def log_softmax(z, axis):
    \"\"\"The logarithm of the softmax; the largest score is subtracted, so that nothing overflows.\"\"\"
    z = z - np.max(z, axis=axis, keepdims=True)
    return z - np.log(np.sum(np.exp(z), axis=axis, keepdims=True))
";

pub const NUMPY_SVM_LOSS: &str = "\
def svm_loss(s, label, delta):
    \"\"\"By how much the right score fails to exceed the others by delta; rows are averaged.\"\"\"
    right = np.eye(s.shape[-1])[np.int64(label)]
    missing = np.maximum(0, s - np.sum(s * right, -1, keepdims=True) + delta)
    return np.mean(np.sum(missing * (1 - right), -1))
";
pub const JAX_SVM_LOSS: &str = "\
def svm_loss(s, label, delta):
    \"\"\"By how much the right score fails to exceed the others by delta; rows are averaged.\"\"\"
    right = jax.nn.one_hot(label, s.shape[-1])
    missing = jax.nn.relu(s - jnp.sum(s * right, -1, keepdims=True) + delta)
    return jnp.mean(jnp.sum(missing * (1 - right), -1))
";
pub const TENSORFLOW_SVM_LOSS: &str = "\
def svm_loss(s, label, delta):
    \"\"\"By how much the right score fails to exceed the others by delta; rows are averaged.\"\"\"
    right = tf.one_hot(tf.cast(label, tf.int64), s.shape[-1], dtype=tf.float64)
    missing = tf.nn.relu(s - tf.reduce_sum(s * right, -1, keepdims=True) + delta)
    return tf.reduce_mean(tf.reduce_sum(missing * (1 - right), -1))
";

pub const NUMPY_VIOLATIONS: &str = "\
def violations(s, label, delta):
    \"\"\"1 for each score that comes too near to the right one, and minus their number there.\"\"\"
    right = np.eye(s.shape[-1])[np.int64(label)]
    near = (s - np.sum(s * right, -1, keepdims=True) + delta > 0) * (1 - right)
    return near - right * np.sum(near, -1, keepdims=True)
";
pub const TORCH_VIOLATIONS: &str = "\
def violations(s, label, delta):
    \"\"\"1 for each score that comes too near to the right one, and minus their number there.\"\"\"
    right = torch.nn.functional.one_hot(label.long(), s.shape[-1]).double()
    near = (s - torch.sum(s * right, -1, keepdim=True) + delta > 0) * (1 - right)
    return near - right * torch.sum(near, -1, keepdim=True)
";
pub const JAX_VIOLATIONS: &str = "\
def violations(s, label, delta):
    \"\"\"1 for each score that comes too near to the right one, and minus their number there.\"\"\"
    right = jax.nn.one_hot(label, s.shape[-1])
    near = (s - jnp.sum(s * right, -1, keepdims=True) + delta > 0) * (1 - right)
    return near - right * jnp.sum(near, -1, keepdims=True)
";
pub const TENSORFLOW_VIOLATIONS: &str = "\
def violations(s, label, delta):
    \"\"\"1 for each score that comes too near to the right one, and minus their number there.\"\"\"
    right = tf.one_hot(tf.cast(label, tf.int64), s.shape[-1], dtype=tf.float64)
    near = tf.cast(s - tf.reduce_sum(s * right, -1, keepdims=True) + delta > 0, tf.float64) * (1 - right)
    return near - right * tf.reduce_sum(near, -1, keepdims=True)
";

/// The share of one of several tensors that were joined, and the same put back among zeros.
pub const NUMPY_PART: &str = "\
def part(g, shapes, axis, place):
    \"\"\"What one of several joined tensors is of the whole.\"\"\"
    stops = np.cumsum([shape[axis] for shape in shapes])
    return np.split(g, stops[:-1], axis)[place]
";
pub const TORCH_PART: &str = "\
def part(g, shapes, axis, place):
    \"\"\"What one of several joined tensors is of the whole.\"\"\"
    return torch.split(g, [shape[axis] for shape in shapes], dim=axis)[place]
";
pub const JAX_PART: &str = "\
def part(g, shapes, axis, place):
    \"\"\"What one of several joined tensors is of the whole.\"\"\"
    stops = np.cumsum([shape[axis] for shape in shapes])
    return jnp.split(g, stops[:-1], axis)[place]
";
pub const TENSORFLOW_PART: &str = "\
def part(g, shapes, axis, place):
    \"\"\"What one of several joined tensors is of the whole.\"\"\"
    return tf.split(g, [shape[axis] for shape in shapes], axis)[place]
";
pub const NUMPY_WHOLE: &str = "\
def whole(g, shapes, axis, place):
    \"\"\"One of several joined tensors in its place, zeros for the others.\"\"\"
    return np.concatenate([g if i == place else np.zeros(shape) for i, shape in enumerate(shapes)], axis)
";
pub const TORCH_WHOLE: &str = "\
def whole(g, shapes, axis, place):
    \"\"\"One of several joined tensors in its place, zeros for the others.\"\"\"
    return torch.cat([g if i == place else torch.zeros(shape) for i, shape in enumerate(shapes)], axis)
";
pub const JAX_WHOLE: &str = "\
def whole(g, shapes, axis, place):
    \"\"\"One of several joined tensors in its place, zeros for the others.\"\"\"
    return jnp.concatenate([g if i == place else jnp.zeros(shape) for i, shape in enumerate(shapes)], axis)
";
pub const TENSORFLOW_WHOLE: &str = "\
def whole(g, shapes, axis, place):
    \"\"\"One of several joined tensors in its place, zeros for the others.\"\"\"
    zeros = [tf.zeros(shape, tf.float64) for shape in shapes]
    return tf.concat([g if i == place else zeros[i] for i in range(len(shapes))], axis)
";

pub const NUMPY_CONV2D: &str = "\
def conv2d(x, w, stride, padding):
    \"\"\"Filters w moved over images x, which are padded with zeros.\"\"\"
    x = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    windows = np.lib.stride_tricks.sliding_window_view(x, w.shape[2:], axis=(2, 3))
    return np.einsum('nchwij,ocij->nohw', windows[:, :, ::stride, ::stride], w)
";
pub const NUMPY_CONV2D_IMAGE: &str = "\
def conv2d_image(g, w, shape, stride, padding):
    \"\"\"The gradient of a convolution by its images: each window gets the filters times its share of g.\"\"\"
    (n, c, height, width), (rows, columns) = shape, g.shape[2:]
    dx = np.zeros((n, c, height + 2 * padding, width + 2 * padding))
    for i, j in np.ndindex(w.shape[2:]):
        share = np.einsum('nohw,oc->nchw', g, w[:, :, i, j])
        dx[:, :, i : i + stride * rows : stride, j : j + stride * columns : stride] += share
    return dx[:, :, padding : padding + height, padding : padding + width]
";
pub const NUMPY_CONV2D_WEIGHT: &str = "\
def conv2d_weight(g, x, shape, stride, padding):
    \"\"\"The gradient of a convolution by its filters: the windows of the images, weighted by g.\"\"\"
    x = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    windows = np.lib.stride_tricks.sliding_window_view(x, shape[2:], axis=(2, 3))
    return np.einsum('nchwij,nohw->ocij', windows[:, :, ::stride, ::stride][:, :, : g.shape[2], : g.shape[3]], g)
";
pub const JAX_CONV2D: &str = "\
def conv2d(x, w, stride, padding):
    \"\"\"Filters w moved over images x, which are padded with zeros.\"\"\"
    return jax.lax.conv(x, w, (stride, stride), [(padding, padding)] * 2)
";
pub const JAX_CONV2D_IMAGE: &str = "\
def conv2d_image(g, w, shape, stride, padding):
    \"\"\"The gradient of a convolution by its images.\"\"\"
    convolve = lambda x: jax.lax.conv(x, w, (stride, stride), [(padding, padding)] * 2)
    return jax.vjp(convolve, jnp.zeros(shape))[1](g)[0]
";
pub const JAX_CONV2D_WEIGHT: &str = "\
def conv2d_weight(g, x, shape, stride, padding):
    \"\"\"The gradient of a convolution by its filters.\"\"\"
    convolve = lambda w: jax.lax.conv(x, w, (stride, stride), [(padding, padding)] * 2)
    return jax.vjp(convolve, jnp.zeros(shape))[1](g)[0]
";
pub const TENSORFLOW_CONV2D: &str = "\
def conv2d(x, w, stride, padding):
    \"\"\"Filters w moved over images x, which are padded with zeros.\"\"\"
    x, w = tf.transpose(x, [0, 2, 3, 1]), tf.transpose(w, [2, 3, 1, 0])
    x = tf.pad(x, [[0, 0], [padding, padding], [padding, padding], [0, 0]])
    return tf.transpose(tf.nn.conv2d(x, w, stride, 'VALID'), [0, 3, 1, 2])
";
pub const TENSORFLOW_CONV2D_IMAGE: &str = "\
def conv2d_image(g, w, shape, stride, padding):
    \"\"\"The gradient of a convolution by its images.\"\"\"
    n, c, height, width = shape
    shape = [n, height + 2 * padding, width + 2 * padding, c]
    g, w = tf.transpose(g, [0, 2, 3, 1]), tf.transpose(w, [2, 3, 1, 0])
    padded = tf.raw_ops.Conv2DBackpropInput(
        input_sizes=shape, filter=w, out_backprop=g, strides=[1, stride, stride, 1], padding='VALID'
    )
    return tf.transpose(padded[:, padding : padding + height, padding : padding + width], [0, 3, 1, 2])
";
pub const TENSORFLOW_CONV2D_WEIGHT: &str = "\
def conv2d_weight(g, x, shape, stride, padding):
    \"\"\"The gradient of a convolution by its filters.\"\"\"
    out, c, rows, columns = shape
    g, x = tf.transpose(g, [0, 2, 3, 1]), tf.transpose(x, [0, 2, 3, 1])
    x = tf.pad(x, [[0, 0], [padding, padding], [padding, padding], [0, 0]])
    dw = tf.raw_ops.Conv2DBackpropFilter(
        input=x, filter_sizes=[rows, columns, c, out], out_backprop=g, strides=[1, stride, stride, 1], padding='VALID'
    )
    return tf.transpose(dw, [3, 2, 0, 1])
";

pub const NUMPY_WINDOWS: &str = "\
def windows(x, size, stride):
    \"\"\"The windows of images, as two further axes.\"\"\"
    each = np.lib.stride_tricks.sliding_window_view(x, (size, size), axis=(-2, -1))
    return each[..., ::stride, ::stride, :, :]
";
pub const NUMPY_MAXPOOL_BACK: &str = "\
def maxpool_back(g, x, size, stride):
    \"\"\"Each gradient at the place of its window's first maximum.\"\"\"
    dx = np.zeros_like(x)
    for *image, i, j in np.ndindex(g.shape):
        window = x[*image, i * stride : i * stride + size, j * stride : j * stride + size]
        row, column = np.unravel_index(window.argmax(), window.shape)
        dx[*image, i * stride + row, j * stride + column] += g[*image, i, j]
    return dx
";
pub const NUMPY_MAXPOOL_TAKE: &str = "\
def maxpool_take(a, x, size, stride):
    \"\"\"What stands in a at the places of the first maxima of the windows of x.\"\"\"
    cut = lambda t: np.lib.stride_tricks.sliding_window_view(t, (size, size), axis=(-2, -1))[..., ::stride, ::stride, :, :]
    flat = lambda t: cut(t).reshape(*cut(t).shape[:-2], -1)
    return np.take_along_axis(flat(a), flat(x).argmax(-1)[..., None], -1)[..., 0]
";
pub const NUMPY_AVGPOOL_BACK: &str = "\
def avgpool_back(g, shape, size, stride):
    \"\"\"Each gradient in equal shares over its window.\"\"\"
    dx = np.zeros(shape)
    for i, j in np.ndindex(size, size):
        rows, columns = stride * g.shape[-2], stride * g.shape[-1]
        dx[..., i : i + rows : stride, j : j + columns : stride] += g / size**2
    return dx
";
pub const TORCH_MAXPOOL_BACK: &str = "\
def maxpool_back(g, x, size, stride):
    \"\"\"Each gradient at the place of its window's first maximum.\"\"\"
    places = torch.nn.functional.max_pool2d(x, size, stride, return_indices=True)[1]
    return torch.zeros_like(x).flatten(-2).scatter_add(-1, places.flatten(-2), g.flatten(-2)).reshape(x.shape)
";
pub const TORCH_MAXPOOL_TAKE: &str = "\
def maxpool_take(a, x, size, stride):
    \"\"\"What stands in a at the places of the first maxima of the windows of x.\"\"\"
    places = torch.nn.functional.max_pool2d(x, size, stride, return_indices=True)[1]
    return torch.gather(a.flatten(-2), -1, places.flatten(-2)).reshape(places.shape)
";
pub const TORCH_AVGPOOL_BACK: &str = "\
def avgpool_back(g, shape, size, stride):
    \"\"\"Each gradient in equal shares over its window.\"\"\"
    pool = lambda x: torch.nn.functional.avg_pool2d(x, size, stride)
    return torch.autograd.functional.vjp(pool, torch.zeros(shape), g, create_graph=True)[1]
";
pub const JAX_MAXPOOL_BACK: &str = "\
def maxpool_back(g, x, size, stride):
    \"\"\"Each gradient at the place of its window's first maximum.\"\"\"
    i, j = (stride * jnp.arange(n)[:, None] + jnp.arange(size) for n in g.shape[-2:])
    places = (i[:, None, :, None] * x.shape[-1] + j[None, :, None, :]).reshape(*g.shape[-2:], -1)
    flat = x.reshape(-1, x.shape[-2] * x.shape[-1])
    first = jnp.argmax(flat[:, places], axis=-1)
    chosen = jnp.take_along_axis(jnp.broadcast_to(places, flat.shape[:1] + places.shape), first[..., None], -1)
    rows = jnp.arange(len(flat))[:, None]
    dx = jnp.zeros_like(flat).at[rows, chosen.reshape(len(flat), -1)].add(g.reshape(len(flat), -1))
    return dx.reshape(x.shape)
";
pub const JAX_MAXPOOL_TAKE: &str = "\
def maxpool_take(a, x, size, stride):
    \"\"\"What stands in a at the places of the first maxima of the windows of x.\"\"\"
    pool = lambda x: jax.lax.reduce_window(
        x, -jnp.inf, jax.lax.max, (1, 1, size, size), (1, 1, stride, stride), 'VALID'
    )
    return jax.jvp(pool, (x,), (a,))[1]
";
pub const JAX_AVGPOOL_BACK: &str = "\
def avgpool_back(g, shape, size, stride):
    \"\"\"Each gradient in equal shares over its window.\"\"\"
    add = lambda x: jax.lax.reduce_window(x, 0.0, jax.lax.add, (1, 1, size, size), (1, 1, stride, stride), 'VALID')
    return jax.vjp(add, jnp.zeros(shape))[1](g / size**2)[0]
";
pub const TENSORFLOW_MAXPOOL: &str = "\
def maxpool2d(x, size, stride):
    \"\"\"The largest element of each window of images (N, C, H, W).\"\"\"
    pooled = tf.nn.max_pool2d(tf.transpose(x, [0, 2, 3, 1]), size, stride, 'VALID')
    return tf.transpose(pooled, [0, 3, 1, 2])
";
pub const TENSORFLOW_AVGPOOL: &str = "\
def avgpool2d(x, size, stride):
    \"\"\"The mean of each window of images (N, C, H, W).\"\"\"
    pooled = tf.nn.avg_pool2d(tf.transpose(x, [0, 2, 3, 1]), size, stride, 'VALID')
    return tf.transpose(pooled, [0, 3, 1, 2])
";
pub const TENSORFLOW_MAXPOOL_BACK: &str = "\
def maxpool_back(g, x, size, stride):
    \"\"\"Each gradient at the place of its window's first maximum.\"\"\"
    i, j = (stride * np.arange(n)[:, None] + np.arange(size) for n in g.shape[-2:])
    places = (i[:, None, :, None] * x.shape[-1] + j[None, :, None, :]).reshape(*g.shape[-2:], -1)
    flat = tf.reshape(x, [-1, x.shape[-2] * x.shape[-1]])
    first = tf.argmax(tf.gather(flat, places, axis=1), axis=-1)
    chosen = tf.reduce_sum(tf.one_hot(first, size**2, dtype=tf.int64) * places, -1)
    rows = tf.broadcast_to(tf.range(len(flat), dtype=tf.int64)[:, None, None], chosen.shape)
    dx = tf.scatter_nd(tf.stack([rows, chosen], -1), tf.reshape(g, chosen.shape), tf.cast(flat.shape, tf.int64))
    return tf.reshape(dx, x.shape)
";
pub const TENSORFLOW_MAXPOOL_TAKE: &str = "\
def maxpool_take(a, x, size, stride):
    \"\"\"What stands in a at the places of the first maxima of the windows of x.\"\"\"
    rows, columns = (x.shape[-2] - size) // stride + 1, (x.shape[-1] - size) // stride + 1
    i, j = (stride * np.arange(n)[:, None] + np.arange(size) for n in (rows, columns))
    places = (i[:, None, :, None] * x.shape[-1] + j[None, :, None, :]).reshape(rows, columns, -1)
    windows = lambda t: tf.gather(tf.reshape(t, [*t.shape[:-2], -1]), places, axis=-1)
    return tf.gather(windows(a), tf.argmax(windows(x), axis=-1), batch_dims=4)
";
pub const TENSORFLOW_AVGPOOL_BACK: &str = "\
def avgpool_back(g, shape, size, stride):
    \"\"\"Each gradient in equal shares over its window.\"\"\"
    n, c, height, width = shape
    dx = tf.raw_ops.AvgPoolGrad(
        orig_input_shape=[n, height, width, c],
        grad=tf.transpose(g, [0, 2, 3, 1]),
        ksize=[1, size, size, 1],
        strides=[1, stride, stride, 1],
        padding='VALID',
    )
    return tf.transpose(dx, [0, 3, 1, 2])
";
