//! Cells of the H3 grid: how "near here" becomes a handful of index keys.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use h3o::{CellIndex, LatLng};

use crate::Place;
use crate::place::EARTH_RADIUS_M;
use crate::wire::travels_as_string;

/// How fine a grid, named by what is looked up in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Resolution {
    /// H3's 6: cells of about 36 km², some 3.7 km a side.
    Restaurants,
    /// H3's 7: cells of about 5 km², some 1.4 km a side.
    Couriers,
}

impl Resolution {
    /// All of them, the coarse one first.
    pub const ALL: [Self; 2] = [Self::Restaurants, Self::Couriers];

    const fn h3(self) -> h3o::Resolution {
        match self {
            Self::Restaurants => h3o::Resolution::Six,
            Self::Couriers => h3o::Resolution::Seven,
        }
    }
}

/// A cell of one of our grids; written as H3 writes it, fifteen hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cell(CellIndex);

impl Cell {
    /// The grid it is of.
    pub fn resolution(self) -> Resolution {
        if self.0.resolution() == h3o::Resolution::Six { Resolution::Restaurants } else { Resolution::Couriers }
    }

    /// The cells exactly `k` steps away: 6 × `k` of them (fewer around a pentagon), itself for 0.
    pub fn ring(self, k: u32) -> Vec<Self> {
        self.0.grid_ring::<Vec<_>>(k).into_iter().map(Self).collect()
    }
}

impl Place {
    /// The cell it lies in.
    pub fn cell(self, resolution: Resolution) -> Cell {
        Cell(lat_lng(self).to_cell(resolution.h3()))
    }
}

/// Every cell that holds a point within `radius_m` metres of `place`, sorted, and no others.
///
/// Spreads from the place's own cell, which works across pentagons, poles and the date line; meant for radii of some
/// kilometres, since all cells are looked at.
pub fn cells_within(place: Place, radius_m: u32, resolution: Resolution) -> Vec<Cell> {
    // Distances are rounded to metres, and a point on an edge may be given to either side.
    const SLACK_M: f64 = 2.0;
    let centre = Vector::of(lat_lng(place));
    let reach = (f64::from(radius_m) + SLACK_M) / EARTH_RADIUS_M;
    let own = place.cell(resolution);
    let mut near = BTreeSet::from([own]);
    let mut seen = BTreeSet::from([own]);
    let mut open = vec![own];
    while let Some(cell) = open.pop() {
        for next in cell.ring(1) {
            if seen.insert(next) && centre.distance_to_edge_of(next.0) <= reach {
                near.insert(next);
                open.push(next);
            }
        }
    }
    near.into_iter().collect()
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl FromStr for Cell {
    type Err = InvalidCell;

    fn from_str(text: &str) -> Result<Self, InvalidCell> {
        let cell: CellIndex = text.parse().map_err(|_| InvalidCell)?;
        let ours = Resolution::ALL.iter().any(|resolution| resolution.h3() == cell.resolution());
        if ours { Ok(Self(cell)) } else { Err(InvalidCell) }
    }
}

travels_as_string!(Cell, "pattern": "^[0-9a-f]{15}$");

/// A text that is no cell of our grids.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be an H3 cell of resolution 6 or 7")]
pub struct InvalidCell;

fn lat_lng(place: Place) -> LatLng {
    let Ok(point) = LatLng::new(place.lat(), place.lon()) else { unreachable!("a place is finite") };
    point
}

/// A point on the unit sphere, or an axis through it.
#[derive(Clone, Copy)]
struct Vector([f64; 3]);

impl Vector {
    fn of(point: LatLng) -> Self {
        let (lat_sin, lat_cos) = point.lat_radians().sin_cos();
        let (lon_sin, lon_cos) = point.lng_radians().sin_cos();
        Self([lat_cos * lon_cos, lat_cos * lon_sin, lat_sin])
    }

    fn dot(self, other: Self) -> f64 {
        (0..3).map(|axis| self.0[axis] * other.0[axis]).sum()
    }

    fn cross(self, other: Self) -> Self {
        let [ax, ay, az] = self.0;
        let [bx, by, bz] = other.0;
        Self([ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx])
    }

    fn length(self) -> f64 {
        self.dot(self).sqrt()
    }

    /// The angle between the two, in radians; exact for small ones too.
    fn angle(self, other: Self) -> f64 {
        self.cross(other).length().atan2(self.dot(other))
    }

    /// The angle to the nearest point of the arc from `start` to `end`, in radians.
    fn distance_to_arc(self, start: Self, end: Self) -> f64 {
        let axis = start.cross(end);
        let abeam = axis.cross(start).dot(self) >= 0.0 && end.cross(axis).dot(self) >= 0.0;
        if abeam && axis.length() > 0.0 {
            (self.dot(axis) / axis.length()).clamp(-1.0, 1.0).asin().abs()
        } else {
            self.angle(start).min(self.angle(end))
        }
    }

    /// The angle to the nearest point of the outline of a cell that this does not lie in, in radians.
    fn distance_to_edge_of(self, cell: CellIndex) -> f64 {
        let corners: Vec<Self> = cell.boundary().iter().map(|corner| Self::of(*corner)).collect();
        let nexts = corners.iter().cycle().skip(1);
        corners.iter().zip(nexts).map(|(start, end)| self.distance_to_arc(*start, *end)).fold(f64::MAX, f64::min)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bucharest() -> Place {
        Place::new(44.4268, 26.1025).unwrap()
    }

    /// The point so many metres from `place` in a direction, by spherical trigonometry.
    fn away(place: Place, metres: f64, bearing: f64) -> Place {
        let lat = place.lat().to_radians();
        let arc = metres / EARTH_RADIUS_M;
        let there = (lat.sin() * arc.cos() + lat.cos() * arc.sin() * bearing.cos()).clamp(-1.0, 1.0).asin();
        let east = (bearing.sin() * arc.sin() * lat.cos()).atan2(arc.cos() - lat.sin() * there.sin());
        let lon = (place.lon() + east.to_degrees() + 540.0).rem_euclid(360.0) - 180.0;
        Place::new(there.to_degrees().clamp(-90.0, 90.0), lon.clamp(-180.0, 180.0)).unwrap()
    }

    #[test]
    fn ten_kilometres_are_a_handful_of_cells() {
        let found = cells_within(bucharest(), 10_000, Resolution::Restaurants).len();
        assert!((10..=20).contains(&found), "{found}");
        assert_eq!(cells_within(bucharest(), 0, Resolution::Couriers), [bucharest().cell(Resolution::Couriers)]);
    }

    #[test]
    fn a_cell_survives_text_and_json() {
        for resolution in Resolution::ALL {
            let cell = bucharest().cell(resolution);
            assert_eq!(cell.resolution(), resolution);
            assert_eq!(cell.to_string().parse(), Ok(cell));
            assert_eq!(serde_json::to_string(&cell).unwrap(), format!("\"{cell}\""));
            assert_eq!(cell.ring(0), [cell]);
            assert_eq!(cell.ring(2).len(), 12);
        }
        for text in ["", "zz", "8001fffffffffff"] {
            assert_eq!(text.parse::<Cell>(), Err(InvalidCell), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_point_within_the_radius_is_missed(
            lat in -90.0..=90.0, lon in -180.0..=180.0, radius_m in 0..15_000_u32, share in 0.0..=1.0,
        ) {
            let place = Place::new(lat, lon).unwrap();
            for resolution in Resolution::ALL {
                let cells = cells_within(place, radius_m, resolution);
                // All around, at the very edge, where a cell is missed first, and somewhere inside.
                for (degrees, share) in (0..360).map(|degrees| (degrees, if degrees % 4 == 0 { share } else { 1.0 })) {
                    let point = away(place, f64::from(radius_m) * share, f64::from(degrees).to_radians());
                    let near = place.distance_m(point) <= radius_m;
                    prop_assert!(!near || cells.contains(&point.cell(resolution)), "{place:?} {radius_m} {point:?}");
                }
            }
        }

        #[test]
        fn no_cell_is_far_beyond_the_radius(lat in -90.0..=90.0, lon in -180.0..=180.0, radius_m in 0..15_000_u32) {
            let place = Place::new(lat, lon).unwrap();
            for cell in cells_within(place, radius_m, Resolution::Restaurants) {
                let centre = LatLng::from(cell.0);
                let centre = Place::new(centre.lat(), centre.lng()).unwrap();
                prop_assert!(place.distance_m(centre) < radius_m + 6_000);
            }
        }
    }
}
