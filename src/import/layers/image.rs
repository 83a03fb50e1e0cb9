//! Convolution and pooling of images (N, C, H, W) and of sequences (N, C, L).

use super::whole;
use crate::import::draft::{Draft, Term};
use crate::lang::{Text, text};
use crate::tensor::Shape;

/// A convolution in more groups than this is no figure that anyone reads.
const MOST_GROUPS: usize = 64;

/// Windows that are not square may have so many places.
const MOST_PLACES: usize = 32;

/// How windows lie on an image, for each of its two axes.
#[derive(Clone, Debug)]
pub(in crate::import) struct Windows {
    /// How large they are.
    pub size: [usize; 2],
    /// How far they move.
    pub stride: [usize; 2],
    /// How much lies around the image before and behind it.
    pub around: [(usize, usize); 2],
    /// Whether a last window may stand out.
    pub stands_out: bool,
}

impl Windows {
    /// How much further the last window stands out behind the image, for each axis.
    fn overhang(&self, image: [usize; 2]) -> [usize; 2] {
        std::array::from_fn(|axis| {
            let (before, after) = self.around[axis];
            let (size, stride) = (self.size[axis], self.stride[axis]);
            let padded = image[axis] + before + after;
            let Some(room) = padded.checked_sub(size).filter(|_| self.stands_out) else { return 0 };
            let mut windows = room.div_ceil(stride) + 1;
            // A window must not start behind the image.
            if (windows - 1) * stride >= image[axis] + before {
                windows -= 1;
            }
            ((windows - 1) * stride + size).saturating_sub(padded)
        })
    }
}

impl Draft {
    /// A convolution with a bias per filter.
    pub fn convolution(
        &mut self,
        x: &Term,
        weight: &Term,
        bias: Option<&Term>,
        windows: &Windows,
        groups: usize,
    ) -> Result<Term, Text> {
        if let ([n, c, length], [o, i, k]) = (x.extents(), weight.extents()) {
            let image = self.reshape(x, &[*n, *c, 1, *length])?;
            let weight = self.reshape(weight, &[*o, *i, 1, *k])?;
            let result = self.convolution(&image, &weight, bias, windows, groups)?;
            return self.without_height(&result);
        }
        if x.rank() != 4 || weight.rank() != 4 {
            return Err(text(
                format!("합성곱은 2차원(과 1차원)만 나타낼 수 있는데 형상이 {}, {}입니다", x.shape, weight.shape),
                format!(
                    "only convolutions in 2-D (and 1-D) can be expressed; the shapes are {} and {}",
                    x.shape, weight.shape
                ),
            ));
        }
        let [(top, bottom), (left, right)] = windows.around;
        let is_even = top == bottom && top == left && top == right;
        let (image, padding) = if is_even { (x.clone(), top) } else { (self.surrounded(x, windows, 0.0)?, 0) };
        let stride = if windows.stride[0] == windows.stride[1] { windows.stride[0] } else { 1 };
        let attrs = [("stride", whole(stride)), ("padding", whole(padding))];
        let result = if groups == 1 {
            self.apply("conv2d", &[image, weight.clone()], &attrs)?
        } else {
            let parts = self.grouped(&image, weight, groups)?;
            let parts = parts.iter().map(|part| self.apply("conv2d", part, &attrs)).collect::<Result<Vec<_>, _>>()?;
            self.concat(&parts, 1)?
        };
        let result = if windows.stride == [stride; 2] { result } else { self.thinned(&result, windows.stride)? };
        match bias {
            Some(bias) => {
                let bias = self.along_channels(bias, 4)?;
                self.with(&result, "+", &bias)
            }
            None => Ok(result),
        }
    }

    /// The channels of an image and the filters for them, group by group.
    fn grouped(&mut self, image: &Term, weight: &Term, groups: usize) -> Result<Vec<[Term; 2]>, Text> {
        let (channels, filters) = (image.extents()[1], weight.extents()[0]);
        let fits = groups > 0 && channels.is_multiple_of(groups) && filters.is_multiple_of(groups);
        if !fits || groups > MOST_GROUPS {
            return Err(text(
                format!(
                    "채널 {channels}개와 필터 {filters}개를 {groups}묶음으로 나눌 수 없습니다(묶음은 {MOST_GROUPS}개까지)"
                ),
                format!(
                    "{channels} channels and {filters} filters cannot be put into {groups} groups ({MOST_GROUPS} at most)"
                ),
            ));
        }
        let (c, f) = (channels / groups, filters / groups);
        let mut parts = Vec::with_capacity(groups);
        for group in 0..groups {
            parts.push([
                self.slice(image, 1, group * c, (group + 1) * c)?,
                self.slice(weight, 0, group * f, (group + 1) * f)?,
            ]);
        }
        Ok(parts)
    }

    /// The largest number of each window.
    pub fn max_pool(&mut self, x: &Term, windows: &Windows) -> Result<Term, Text> {
        self.pooled("maxpool2d", "max_axis", x, windows, f64::NEG_INFINITY)
    }

    /// The mean of each window; `counts_around` tells whether what lies around the image counts.
    pub fn mean_pool(&mut self, x: &Term, windows: &Windows, counts_around: bool) -> Result<Term, Text> {
        if x.rank() == 3 {
            let image = self.reshape(x, &[x.extents()[0], x.extents()[1], 1, x.extents()[2]])?;
            let result = self.mean_pool(&image, windows, counts_around)?;
            return self.without_height(&result);
        }
        let mean = self.pooled("avgpool2d", "mean", x, windows, 0.0)?;
        let (&[.., height, width], &[.., rows, columns]) = (x.extents(), mean.extents()) else { return Ok(mean) };
        let image = [height, width];
        // How many of a window's places along an axis count.
        let counted = |axis: usize, window: usize| {
            let (before, after) = windows.around[axis];
            let (low, high) =
                if counts_around { (0, before + image[axis] + after) } else { (before, before + image[axis]) };
            let start = window * windows.stride[axis];
            (start + windows.size[axis]).min(high).saturating_sub(start.max(low))
        };
        let all = (windows.size[0] * windows.size[1]) as f64;
        let factor = |row, column| all / (counted(0, row) * counted(1, column)) as f64;
        let factors: Vec<f64> = (0..rows)
            .flat_map(|row| (0..columns).map(move |column| (row, column)))
            .map(|(r, c)| factor(r, c))
            .collect();
        if factors.iter().all(|factor| *factor == 1.0) {
            return Ok(mean);
        }
        let value = crate::tensor::Tensor::new(&Shape::from([rows, columns]), factors);
        let factors = Term::known(crate::import::model::Constant { value, kind: x.kind }, None);
        self.with(&mean, "*", &factors)
    }

    fn pooled(&mut self, op: &str, whole_op: &str, x: &Term, windows: &Windows, fill: f64) -> Result<Term, Text> {
        let image = match *x.extents() {
            [n, c, length] => {
                let image = self.reshape(x, &[n, c, 1, length])?;
                let result = self.pooled(op, whole_op, &image, windows, fill)?;
                return self.without_height(&result);
            }
            [_, _, height, width] => [height, width],
            _ => {
                return Err(text(
                    format!("풀링은 2차원(과 1차원)만 나타낼 수 있는데 형상이 {}입니다", x.shape),
                    format!("only pooling in 2-D (and 1-D) can be expressed; the shape is {}", x.shape),
                ));
            }
        };
        let overhang = windows.overhang(image);
        let mut around = windows.around;
        around.iter_mut().zip(overhang).for_each(|((_, after), more)| *after += more);
        let padded = self.surrounded(x, &Windows { around, ..windows.clone() }, fill)?;
        if padded.extents()[2..].iter().zip(windows.size).any(|(n, size)| *n < size) {
            return Err(text(
                format!("창이 그림보다 큽니다: 그림의 형상은 {}입니다", padded.shape),
                format!("its windows are larger than the image, whose shape is {}", padded.shape),
            ));
        }
        if padded.extents()[2..] == windows.size {
            return self.reduce(whole_op, &padded, &[2, 3], true);
        }
        if windows.size[0] != windows.size[1] {
            return self.pooled_place_by_place(whole_op, &padded, windows);
        }
        let stride = if windows.stride[0] == windows.stride[1] { windows.stride[0] } else { 1 };
        let attrs = [("size", whole(windows.size[0])), ("stride", whole(stride))];
        let attrs = if stride == windows.size[0] { &attrs[..1] } else { &attrs[..] };
        let result = self.apply(op, &[padded], attrs)?;
        if windows.stride == [stride; 2] { Ok(result) } else { self.thinned(&result, windows.stride) }
    }

    /// Pooling with windows that are not square: what stands at each place of the windows, laid over each other.
    fn pooled_place_by_place(&mut self, op: &str, x: &Term, windows: &Windows) -> Result<Term, Text> {
        let [height, width] = windows.size;
        if height.saturating_mul(width) > MOST_PLACES {
            return Err(text(
                format!("정사각형이 아닌 창은 {MOST_PLACES}칸까지만 나타낼 수 있습니다"),
                format!("windows that are not square may have {MOST_PLACES} places at most"),
            ));
        }
        let number = |n: usize| Some(i64::try_from(n).unwrap_or(i64::MAX));
        let mut layers = Vec::new();
        for (row, column) in (0..height).flat_map(|row| (0..width).map(move |column| (row, column))) {
            let mut layer = x.clone();
            for (axis, at) in [(2, row), (3, column)] {
                let stop = layer.extents()[axis] + 1 + at - windows.size[axis - 2];
                let step = number(windows.stride[axis - 2]);
                layer = self.stepped(&layer, axis, [number(at), number(stop), step])?;
            }
            layers.push(layer);
        }
        let stack = self.apply("stack", &layers, &[])?;
        self.reduce(op, &stack, &[0], false)
    }

    /// An image with a number around it.
    fn surrounded(&mut self, x: &Term, windows: &Windows, fill: f64) -> Result<Term, Text> {
        let amount = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        let [rows, columns] = windows.around.map(|(before, after)| (amount(before), amount(after)));
        let padded = self.pad(x, &[(0, 0), (0, 0), rows, columns], fill)?;
        Ok(if padded.extents() == x.extents() { padded } else { self.bind(padded, "padded") })
    }

    /// Every so manieth row and column.
    fn thinned(&mut self, x: &Term, stride: [usize; 2]) -> Result<Term, Text> {
        let mut thinned = x.clone();
        for (axis, step) in [(2, stride[0]), (3, stride[1])] {
            let step = i64::try_from(step).unwrap_or(i64::MAX);
            thinned = self.stepped(&thinned, axis, [None, None, Some(step)])?;
        }
        Ok(thinned)
    }

    fn without_height(&mut self, x: &Term) -> Result<Term, Text> {
        self.reshape(x, &[x.extents()[0], x.extents()[1], x.extents()[3]])
    }
}
