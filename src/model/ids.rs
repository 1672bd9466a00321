//! Typed dense ids and the tables they index.
//!
//! An id is the position in which a thing was declared, so the order of ids is
//! the order of the file; every tie in the program is broken by it.

use std::marker::PhantomData;
use std::ops::{Index, IndexMut};

/// A dense index into a [`Table`].
pub trait Id: Copy + Eq + Ord {
    /// The id of a position.
    fn new(index: usize) -> Self;
    /// The position.
    fn index(self) -> usize;
}

macro_rules! ids {
    ($( $(#[$doc:meta])* $name:ident; )*) => { $(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u32);

        impl Id for $name {
            fn new(index: usize) -> Self {
                // INVARIANT: the limits of `document` keep every table under 2^32 rows.
                Self(index as u32)
            }
            fn index(self) -> usize {
                self.0 as usize
            }
        }
    )* };
}

ids! {
    /// A segment.
    SegmentId;
    /// A zone: one broadcast domain.
    ZoneId;
    /// A node of the drawing: endpoint, transit device or mediator.
    NodeId;
    /// A face: the attachment of an endpoint or of a mediator's side.
    FaceId;
    /// A transit device.
    TransitId;
    /// A declared communication.
    CommunicationId;
    /// A label that a crossing can pass.
    LabelId;
    /// A guard: a named control that closes steps while it works.
    GuardId;
    /// Something the drawing leaves open.
    AssumptionId;
    /// A check.
    CheckId;
}

/// A list that only its own ids can index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table<I, T> {
    rows: Vec<T>,
    id: PhantomData<fn(I) -> I>,
}

impl<I, T> Default for Table<I, T> {
    fn default() -> Self {
        Self { rows: Vec::new(), id: PhantomData }
    }
}

impl<I: Id, T> Table<I, T> {
    /// An empty table.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends a row.
    pub fn push(&mut self, row: T) -> I {
        self.rows.push(row);
        I::new(self.rows.len() - 1)
    }

    /// Number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Rows with their ids, in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (I, &T)> + ExactSizeIterator {
        self.rows.iter().enumerate().map(|(i, t)| (I::new(i), t))
    }

    /// Rows in order.
    pub fn values(&self) -> std::slice::Iter<'_, T> {
        self.rows.iter()
    }

    /// The rows in order, to be changed.
    pub fn values_mut(&mut self) -> std::slice::IterMut<'_, T> {
        self.rows.iter_mut()
    }

    /// Ids in order.
    pub fn ids(&self) -> impl DoubleEndedIterator<Item = I> + ExactSizeIterator + use<I, T> {
        (0..self.rows.len()).map(I::new)
    }

    /// The row of an id, if it is one of this table's.
    pub fn get(&self, id: I) -> Option<&T> {
        self.rows.get(id.index())
    }
}

impl<I: Id, T> Index<I> for Table<I, T> {
    type Output = T;
    fn index(&self, id: I) -> &T {
        &self.rows[id.index()]
    }
}

impl<I: Id, T> IndexMut<I> for Table<I, T> {
    fn index_mut(&mut self, id: I) -> &mut T {
        &mut self.rows[id.index()]
    }
}

impl<I: Id, T> FromIterator<T> for Table<I, T> {
    fn from_iter<It: IntoIterator<Item = T>>(iter: It) -> Self {
        Self { rows: iter.into_iter().collect(), id: PhantomData }
    }
}
