//! Draws the sizes of the app icon that bundles need from `icons/icon.svg`: see `icons/README.md`.

use std::error::Error;
use std::fs;
use std::path::Path;

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree};

/// macOS wants the tile to fill 824 of 1024 units, with clear space around.
const MAC_TILE: f32 = 824.0 / 1024.0;
/// The tile of `icon.svg` fills 120 of its 128 units.
const SVG_TILE: f32 = 120.0 / 128.0;

/// Writes every file that `tauri.conf.json` names.
fn main() -> Result<(), Box<dyn Error>> {
    let icons_dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../icons");
    let tree = Tree::from_data(&fs::read(icons_dir.join("icon.svg"))?, &Options::default())?;
    let sizes = [("32x32.png", 32), ("128x128.png", 128), ("128x128@2x.png", 256), ("icon.png", 512)];
    for (name, size) in sizes {
        fs::write(icons_dir.join(name), png(&tree, size, 1.0)?)?;
    }
    fs::write(icons_dir.join("icon.ico"), ico(&tree)?)?;
    fs::write(icons_dir.join("icon.icns"), icns(&tree)?)?;
    Ok(())
}

/// The drawing as a PNG of `size` pixels, scaled by `scale` about its middle.
fn png(tree: &Tree, size: u32, scale: f32) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut pixmap = Pixmap::new(size, size).ok_or("an icon has at least one pixel")?;
    let pixels = size as f32;
    let factor = pixels / tree.size().width() * scale;
    let margin = pixels * (1.0 - scale) / 2.0;
    resvg::render(tree, Transform::from_row(factor, 0.0, 0.0, factor, margin, margin), &mut pixmap.as_mut());
    Ok(pixmap.encode_png()?)
}

/// A Windows icon: a folder of PNG images (the ICO format as of Windows Vista).
fn ico(tree: &Tree) -> Result<Vec<u8>, Box<dyn Error>> {
    let sizes = [16u32, 24, 32, 48, 64, 256];
    let mut folder = Vec::new();
    folder.extend_from_slice(&[0, 0, 1, 0]);
    folder.extend_from_slice(&(sizes.len() as u16).to_le_bytes());
    let mut images = Vec::new();
    let first_image = 6 + 16 * sizes.len();
    for size in sizes {
        let image = png(tree, size, 1.0)?;
        // 0 stands for 256.
        let side = (size % 256) as u8;
        folder.extend_from_slice(&[side, side, 0, 0]);
        folder.extend_from_slice(&1u16.to_le_bytes());
        folder.extend_from_slice(&32u16.to_le_bytes());
        folder.extend_from_slice(&(image.len() as u32).to_le_bytes());
        folder.extend_from_slice(&((first_image + images.len()) as u32).to_le_bytes());
        images.extend_from_slice(&image);
    }
    folder.extend_from_slice(&images);
    Ok(folder)
}

/// A macOS icon: PNG images, each under a four-letter type that says its size.
fn icns(tree: &Tree) -> Result<Vec<u8>, Box<dyn Error>> {
    let kinds: [(&[u8; 4], u32); 7] = [
        (b"ic11", 32),
        (b"ic12", 64),
        (b"ic07", 128),
        (b"ic13", 256),
        (b"ic08", 256),
        (b"ic09", 512),
        (b"ic10", 1024),
    ];
    let mut images = Vec::new();
    for (kind, size) in kinds {
        let image = png(tree, size, MAC_TILE / SVG_TILE)?;
        images.extend_from_slice(kind);
        images.extend_from_slice(&(image.len() as u32 + 8).to_be_bytes());
        images.extend_from_slice(&image);
    }
    let mut file = b"icns".to_vec();
    file.extend_from_slice(&(images.len() as u32 + 8).to_be_bytes());
    file.extend_from_slice(&images);
    Ok(file)
}
