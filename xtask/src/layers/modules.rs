//! Reads the modules of a crate from its root file on, with every path in them that may lead to another module.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};

use crate::failure::Failure;

/// Returns a file's text, or `None` where there is no such file.
pub(super) type Read<'a> = &'a dyn Fn(&Path) -> Result<Option<String>, Failure>;

/// The modules below one root file, without those for unit tests.
#[derive(Debug, Default)]
pub(super) struct Modules {
    /// The file, or the files for different platforms, of each module; the root is the empty path.
    pub(super) files: BTreeMap<Vec<String>, BTreeSet<PathBuf>>,
    pub(super) references: Vec<Reference>,
    /// What a file's imports make a name mean, by the file and the name.
    pub(super) aliases: BTreeMap<(PathBuf, String), Reference>,
}

/// A path in the code, such as `super::model::Feed`.
#[derive(Clone, Debug)]
pub(super) struct Reference {
    pub(super) from_path: PathBuf,
    /// The module it is written in, from the crate's root on.
    pub(super) module: Vec<String>,
    pub(super) segments: Vec<String>,
}

/// Reads the crate whose root file is `root_path`.
///
/// # Errors
///
/// When a declared file is missing, cannot be read or does not parse.
pub(super) fn read_crate(root_path: &Path, read: Read<'_>) -> Result<Modules, Failure> {
    let mut modules = Modules::default();
    let dir = root_path.parent().unwrap_or(Path::new("")).to_owned();
    let mut files = vec![File { path: root_path.to_owned(), module: Vec::new(), children_dir: dir }];
    while let Some(file) = files.pop() {
        modules.files.entry(file.module.clone()).or_default().insert(file.path.clone());
        let missing = || Failure::new(format!("{} does not exist", file.path.display()));
        let source = read(&file.path)?.ok_or_else(missing)?;
        let syntax = syn::parse_file(&source).map_err(|error| {
            Failure::new(format!("{} does not parse", file.path.display())).because(error)
        })?;
        let mut visitor = Visitor::new(&file, &mut modules);
        visitor.visit_file(&syntax);
        for declared in visitor.declared {
            files.extend(declared.locate(&file, read)?);
        }
    }
    Ok(modules)
}

/// A source file that is a module.
struct File {
    path: PathBuf,
    module: Vec<String>,
    /// Where the files of its child modules are.
    children_dir: PathBuf,
}

/// A declaration `mod name;`.
struct Declared {
    module: Vec<String>,
    /// The value of its attribute `path`.
    path: Option<String>,
}

impl Declared {
    /// Finds its file, or nothing where that holds unit tests.
    fn locate(self, parent: &File, read: Read<'_>) -> Result<Option<File>, Failure> {
        let inline = &self.module[parent.module.len()..];
        let stem: PathBuf = parent.children_dir.join(inline.iter().collect::<PathBuf>());
        let flat_path = match &self.path {
            Some(path) => parent.path.with_file_name(path),
            None => stem.with_extension("rs"),
        };
        let nested_path = stem.join("mod.rs");
        let path = if self.path.is_none() && read(&nested_path)?.is_some() { nested_path } else { flat_path };
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name == "tests.rs" || name.ends_with("_tests.rs") {
            return Ok(None);
        }
        let children_dir = if name == "mod.rs" || self.path.is_some() {
            path.parent().unwrap_or(Path::new("")).to_owned()
        } else {
            stem
        };
        Ok(Some(File { path, module: self.module, children_dir }))
    }
}

struct Visitor<'a> {
    file_path: &'a Path,
    /// The module that is being read: the file's own, or an inline one in it.
    module: Vec<String>,
    modules: &'a mut Modules,
    declared: Vec<Declared>,
}

impl<'a> Visitor<'a> {
    fn new(file: &'a File, modules: &'a mut Modules) -> Self {
        Self { file_path: &file.path, module: file.module.clone(), modules, declared: Vec::new() }
    }

    fn reference(&self, segments: Vec<String>) -> Reference {
        Reference { from_path: self.file_path.to_owned(), module: self.module.clone(), segments }
    }

    /// Adds every path that a use tree imports.
    fn add_use(&mut self, tree: &syn::UseTree, prefix: &[String]) {
        let joined = |name: &syn::Ident| [prefix, &[text(name)]].concat();
        match tree {
            syn::UseTree::Path(path) => self.add_use(&path.tree, &joined(&path.ident)),
            syn::UseTree::Group(group) => group.items.iter().for_each(|item| self.add_use(item, prefix)),
            syn::UseTree::Glob(_) => self.modules.references.push(self.reference(prefix.to_vec())),
            syn::UseTree::Name(name) if name.ident == "self" => {
                self.add_import(prefix.to_vec(), prefix.last().cloned());
            }
            syn::UseTree::Name(name) => self.add_import(joined(&name.ident), Some(text(&name.ident))),
            syn::UseTree::Rename(rename) => {
                self.add_import(joined(&rename.ident), Some(text(&rename.rename)))
            }
        }
    }

    fn add_import(&mut self, segments: Vec<String>, name: Option<String>) {
        let reference = self.reference(segments);
        // Only an import from another module gives a name a new meaning: `use child;` would refer to itself.
        if let Some(name) = name.filter(|_| reference.segments.len() > 1) {
            self.modules.aliases.insert((self.file_path.to_owned(), name), reference.clone());
        }
        self.modules.references.push(reference);
    }

    /// Adds the paths in a macro's input, which has no syntax until the macro is known: names joined by `::`.
    fn add_tokens(&mut self, tokens: TokenStream) {
        let mut segments: Vec<String> = Vec::new();
        let mut colons = 0;
        for token in tokens {
            match token {
                TokenTree::Punct(punct) if punct.as_char() == ':' => {
                    colons += 1;
                    continue;
                }
                TokenTree::Ident(name) => {
                    if colons != 2 {
                        self.add_path(std::mem::take(&mut segments));
                    }
                    segments.push(text(&name));
                }
                other => {
                    self.add_path(std::mem::take(&mut segments));
                    if let TokenTree::Group(group) = other {
                        self.add_tokens(group.stream());
                    }
                }
            }
            colons = 0;
        }
        self.add_path(segments);
    }

    /// Adds a path in code. A name alone leads nowhere new: it is imported, or of this module.
    fn add_path(&mut self, segments: Vec<String>) {
        if segments.len() > 1 {
            let reference = self.reference(segments);
            self.modules.references.push(reference);
        }
    }
}

impl<'ast> Visit<'ast> for Visitor<'_> {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        if !is_test_only(item_attributes(item)) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        self.module.push(text(&item.ident));
        if item.content.is_some() {
            visit::visit_item_mod(self, item);
        } else {
            self.declared.push(Declared { module: self.module.clone(), path: path_attribute(&item.attrs) });
            let absolute = [&["crate".to_owned()], self.module.as_slice()].concat();
            self.add_path(absolute);
        }
        self.module.pop();
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        if item.leading_colon.is_none() {
            self.add_use(&item.tree, &[]);
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        if path.leading_colon.is_none() {
            self.add_path(path.segments.iter().map(|segment| text(&segment.ident)).collect());
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        self.visit_path(&call.path);
        self.add_tokens(call.tokens.clone());
    }

    fn visit_visibility(&mut self, _: &'ast syn::Visibility) {
        // `pub(in super::super)` names a module without using it.
    }
}

fn text(name: &syn::Ident) -> String {
    name.to_string()
}

fn item_attributes(item: &syn::Item) -> &[syn::Attribute] {
    match item {
        syn::Item::Const(item) => &item.attrs,
        syn::Item::Enum(item) => &item.attrs,
        syn::Item::Fn(item) => &item.attrs,
        syn::Item::Impl(item) => &item.attrs,
        syn::Item::Macro(item) => &item.attrs,
        syn::Item::Mod(item) => &item.attrs,
        syn::Item::Static(item) => &item.attrs,
        syn::Item::Struct(item) => &item.attrs,
        syn::Item::Trait(item) => &item.attrs,
        syn::Item::Type(item) => &item.attrs,
        syn::Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

/// Returns whether the attributes leave the item to test builds: `cfg(test)`, or `cfg(all(test, …))`.
fn is_test_only(attributes: &[syn::Attribute]) -> bool {
    let needs_test = |attribute: &&syn::Attribute| {
        let mut needs_test = false;
        // Not every condition consists of plain names; what comes before one that does not has been seen.
        let _ = attribute.parse_nested_meta(|meta| {
            if meta.path.is_ident("all") {
                return meta.parse_nested_meta(|inner| {
                    needs_test |= inner.path.is_ident("test");
                    Ok(())
                });
            }
            needs_test |= meta.path.is_ident("test");
            Ok(())
        });
        needs_test
    };
    attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("cfg"))
        .any(|attribute| needs_test(&attribute))
}

fn path_attribute(attributes: &[syn::Attribute]) -> Option<String> {
    attributes.iter().filter(|attribute| attribute.path().is_ident("path")).find_map(|attribute| {
        let syn::Meta::NameValue(syn::MetaNameValue { value: syn::Expr::Lit(value), .. }) = &attribute.meta
        else {
            return None;
        };
        if let syn::Lit::Str(path) = &value.lit { Some(path.value()) } else { None }
    })
}
