//! Renders the tray icons from the SVGs in `icons/`.

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree};

use super::menu::Icon;

/// The icon sizes, in pixels, that panels ask for at scales of 1 and 2.
#[cfg(target_os = "linux")]
pub const SIDES: [u32; 6] = [16, 22, 24, 32, 44, 48];

/// The maximum opacity of the halo, from 0 to 1.
#[cfg(not(target_os = "macos"))]
const HALO_OPACITY: f32 = 0.9;
/// The width of the halo, in units of the drawing, which has a side of 22 units.
#[cfg(not(target_os = "macos"))]
const HALO_REACH: f32 = 1.2;

/// A square image in RGBA, with straight (not premultiplied) alpha.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// The side, in pixels.
    pub side: u32,
    /// Four bytes for each pixel, row by row from the top.
    pub rgba: Vec<u8>,
}

/// The colours of an icon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    /// A light drawing with a dark halo, visible on any panel.
    ///
    /// No protocol reports the colour of a panel. Most are dark (GNOME's always, Xfce's and Windows' by default): there
    /// the drawing is visible and the halo is not. On a light panel the halo outlines the drawing.
    #[cfg(not(target_os = "macos"))]
    Light,
    /// A black drawing without a halo: a template image that macOS recolours.
    #[cfg(any(target_os = "macos", test))]
    Template,
}

/// Renders the icon of a state.
pub fn draw(icon: Icon, ink: Ink, side: u32) -> Picture {
    let opacity = shape(icon, side);
    let rgba = match ink {
        #[cfg(not(target_os = "macos"))]
        Ink::Light => with_halo(&opacity, side),
        #[cfg(any(target_os = "macos", test))]
        Ink::Template => opacity.iter().flat_map(|&opacity| [0, 0, 0, opacity]).collect(),
    };
    Picture { side, rgba }
}

/// Returns the opacity of each pixel of the drawing, from 0 to 255.
fn shape(icon: Icon, side: u32) -> Vec<u8> {
    let svg: &[u8] = match icon {
        Icon::NotReceiving => include_bytes!("../../../icons/tray-offline.svg"),
        Icon::Muted => include_bytes!("../../../icons/tray-muted.svg"),
        Icon::Unread => include_bytes!("../../../icons/tray-unread.svg"),
        Icon::Receiving => include_bytes!("../../../icons/tray-idle.svg"),
    };
    // This cannot fail for the built-in drawings, which a test renders. A blank icon is better than no tray.
    let (Ok(tree), Some(mut pixmap)) = (Tree::from_data(svg, &Options::default()), Pixmap::new(side, side))
    else {
        return vec![0; (side * side) as usize];
    };
    let scale = side as f32 / tree.size().width();
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut pixmap.as_mut());
    pixmap.pixels().iter().map(|pixel| pixel.alpha()).collect()
}

/// Draws the shape in near white over a dark halo.
#[cfg(not(target_os = "macos"))]
fn with_halo(opacity: &[u8], side: u32) -> Vec<u8> {
    const INK: f32 = 246.0;
    const HALO: f32 = 20.0;
    let reach = HALO_REACH * side as f32 / 22.0;
    let mut rgba = Vec::with_capacity(opacity.len() * 4);
    for (index, &own) in opacity.iter().enumerate() {
        let ink = f32::from(own) / 255.0;
        let halo = HALO_OPACITY * nearby(opacity, side as i32, index as i32, reach) * (1.0 - ink);
        let alpha = ink + halo;
        let grey = if alpha > 0.0 { (INK * ink + HALO * halo) / alpha } else { 0.0 };
        rgba.extend([
            grey.round() as u8,
            grey.round() as u8,
            grey.round() as u8,
            (alpha * 255.0).round() as u8,
        ]);
    }
    rgba
}

/// Returns the maximum opacity within `reach` pixels, weighted by the distance, from 0 to 1.
#[cfg(not(target_os = "macos"))]
fn nearby(opacity: &[u8], side: i32, index: i32, reach: f32) -> f32 {
    let (x, y) = (index % side, index / side);
    let steps = reach.ceil() as i32;
    let mut strongest = 0.0f32;
    for other_y in (y - steps).max(0)..=(y + steps).min(side - 1) {
        for other_x in (x - steps).max(0)..=(x + steps).min(side - 1) {
            let distance = ((other_x - x) as f32).hypot((other_y - y) as f32);
            let fading = (1.0 - (distance - 1.0).max(0.0) / reach).clamp(0.0, 1.0);
            let here = f32::from(opacity[(other_y * side + other_x) as usize]) / 255.0;
            strongest = strongest.max(here * fading);
        }
    }
    strongest
}

#[cfg(test)]
mod tests {
    use super::*;

    const ICONS: [Icon; 4] = [Icon::NotReceiving, Icon::Muted, Icon::Unread, Icon::Receiving];

    #[test]
    fn every_state_has_a_shape_of_its_own() {
        for side in [16, 22, 24, 32, 44, 48] {
            let shapes = ICONS.map(|icon| draw(icon, Ink::Template, side));
            for (index, shape) in shapes.iter().enumerate() {
                assert_eq!(shape.rgba.len(), (side * side * 4) as usize);
                let inked: u32 = shape.rgba.chunks(4).map(|pixel| u32::from(pixel[3])).sum();
                assert!(inked > side * side * 255 / 16, "{:?} at {side} px is nearly blank", ICONS[index]);
                assert!(shapes[index + 1..].iter().all(|other| other != shape));
            }
        }
    }

    #[cfg(not(target_os = "macos"))]
    #[test]
    fn an_icon_is_visible_on_black_and_on_white() {
        for icon in ICONS {
            let picture = draw(icon, Ink::Light, 22);
            let over = |ground: f32| {
                picture.rgba.chunks(4).map(move |pixel| {
                    let alpha = f32::from(pixel[3]) / 255.0;
                    f32::from(pixel[0]) * alpha + ground * (1.0 - alpha)
                })
            };
            let lightest_on_black = over(0.0).fold(0.0, f32::max);
            let darkest_on_white = over(255.0).fold(255.0, f32::min);
            assert!(lightest_on_black > 230.0, "{icon:?}: {lightest_on_black}");
            assert!(darkest_on_white < 80.0, "{icon:?}: {darkest_on_white}");
        }
    }
}
