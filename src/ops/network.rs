//! Layers of networks: softmax, normalisation, convolution, pooling, attention.

use super::Op;

pub const OPS: &[Op] = &[];
