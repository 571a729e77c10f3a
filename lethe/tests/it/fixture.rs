//! The original's test data: ten files of two nodes and two namespaces, made
//! to hold what goes wrong. Lines are named like `PC:4`, file and number.

use std::fs;
use std::path::Path;

const HS: &str = "hello from sidecar";
const LS: &str = "lorem from sidecar";
const HW: &str = "hello world";
const LI: &str = "lorem ipsum";
const RC: &str =
    "I0525 20:00:45.752587   17221 scope.go:110] \"RemoveContainer\" hello from sidecar";
const AP: &str = "apache-75675f5897-7ci7o";
const NG: &str = "nginx-deployment-75675f5897-7ci7o";

/// One line without its date: clock, who, message.
type Row = (&'static str, Who, &'static str);

#[derive(Clone, Copy)]
enum Who {
    Process(&'static str),
    Container(&'static str, &'static str),
}

/// A file: its short name, its path, the date of its lines, the lines.
type File = (&'static str, &'static str, &'static str, Vec<Row>);

/// Writes the fixture below `root`.
pub(crate) fn write(root: &Path) {
    for (name, path, date, rows) in files() {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let mut text: String = rows
            .iter()
            .map(|row| line(&path, date, row) + "\n")
            .collect();
        match name {
            "PE" => text = "lorem\nipsum\n".to_owned(),
            "PA" | "PC" => text = text.trim_end().to_owned(),
            _ => {}
        }
        fs::write(path, text).unwrap();
    }
}

/// The row that a name such as `PC:4` stands for, as [`super::support::row_text`]
/// writes it.
pub(crate) fn row(name: &str) -> String {
    let (file, number) = name.split_once(':').unwrap();
    let (_, path, date, rows) = files().into_iter().find(|it| it.0 == file).unwrap();
    let number: usize = number.parse().unwrap();
    let line = line(Path::new(path), date, &rows[number - 1]);
    line.replacen("Z[", "Z [", 1)
}

fn line(path: &Path, date: &str, (clock, who, message): &Row) -> String {
    let target = path
        .parent()
        .unwrap()
        .file_name()
        .unwrap()
        .to_str()
        .unwrap();
    let labels = match who {
        Who::Process(process) => format!("{target}|{process}"),
        Who::Container(pod, container) => format!("{target}|{pod}|{container}"),
    };
    format!("{date}T{clock}.000000Z[{labels}] {message}")
}

fn files() -> Vec<File> {
    let kubelet = Who::Process("kubelet");
    let containerd = Who::Process("containerd");
    let dockerd = Who::Process("dockerd");
    let httpd = Who::Container(AP, "httpd");
    let nginx = Who::Container(NG, "nginx");
    let sidecar = Who::Container(NG, "sidecar");
    let day = "2009-11-10";
    let mixed = |clocks: [&'static str; 11]| -> Vec<Row> {
        let rows = [
            (httpd, HS),
            (httpd, HS),
            (httpd, HS),
            (nginx, LI),
            (httpd, HS),
            (httpd, HS),
            (httpd, HS),
            (sidecar, HS),
            (sidecar, LS),
            (sidecar, HS),
            (nginx, HW),
        ];
        rows.into_iter()
            .zip(clocks)
            .map(|((who, text), clock)| (clock, who, text))
            .collect()
    };
    vec![
        (
            "NA",
            "node/node01/2009-11-10_21.log",
            day,
            vec![
                ("22:56:00", kubelet, RC),
                ("22:56:00", kubelet, RC),
                ("22:56:00", kubelet, RC),
                ("22:59:00", containerd, LI),
                ("22:57:00", kubelet, RC),
                ("22:57:00", kubelet, RC),
                ("22:57:00", kubelet, RC),
                ("22:58:00", dockerd, HS),
                ("22:58:00", dockerd, LS),
                ("22:58:00", dockerd, HS),
                ("22:59:00", containerd, HW),
            ],
        ),
        (
            "NB",
            "node/node01/2009-11-10_22.log",
            day,
            ["23:00:00", "23:01:00", "23:02:00"]
                .map(|it| (it, containerd, HW))
                .to_vec(),
        ),
        ("NC", "node/node02/2009-11-01_00.log", day, vec![]),
        (
            "ND",
            "node/node02/2009-11-10_21.log",
            day,
            [
                (containerd, HW),
                (containerd, LI),
                (containerd, HW),
                (dockerd, HS),
                (dockerd, LS),
                (dockerd, HS),
                (kubelet, RC),
                (kubelet, RC),
                (kubelet, RC),
                (kubelet, RC),
                (kubelet, RC),
                (kubelet, RC),
            ]
            .map(|(who, text)| ("21:58:00", who, text))
            .to_vec(),
        ),
        (
            "PA",
            "pod/namespace01/2000-01-01_00.log",
            "2000-01-01",
            mixed(["01:23:00"; 11]),
        ),
        (
            "PB",
            "pod/namespace01/2009-11-10_21.log",
            day,
            ["21:00:00", "21:01:00", "21:02:00"]
                .map(|it| (it, nginx, HW))
                .to_vec(),
        ),
        (
            "PC",
            "pod/namespace01/2009-11-10_22.log",
            day,
            mixed([
                "22:56:00", "22:56:00", "22:56:00", "22:59:00", "22:57:00", "22:57:00", "22:57:00",
                "22:58:00", "22:58:00", "22:58:00", "22:59:00",
            ]),
        ),
        (
            "PD",
            "pod/namespace01/2029-11-10_23.log",
            day,
            ["23:00:00", "23:01:00", "23:02:00"]
                .map(|it| (it, nginx, HW))
                .to_vec(),
        ),
        ("PE", "pod/namespace02/0000-00-00_00.log", day, vec![]),
        (
            "PF",
            "pod/namespace02/2009-11-10_22.log",
            day,
            [
                (nginx, HW),
                (nginx, LI),
                (nginx, HW),
                (sidecar, HS),
                (sidecar, LS),
                (sidecar, HS),
                (httpd, HS),
                (httpd, HS),
                (httpd, HS),
                (httpd, HS),
                (httpd, HS),
                (httpd, HS),
            ]
            .map(|(who, text)| ("22:58:00", who, text))
            .to_vec(),
        ),
    ]
}

#[test]
fn the_fixture_has_the_sizes_of_the_original() {
    let root = tempfile::tempdir().unwrap();
    write(root.path());
    let size = |path: &str| fs::metadata(root.path().join(path)).unwrap().len();
    let sizes: Vec<(&str, u64)> = files()
        .iter()
        .map(|(name, path, ..)| (*name, size(path)))
        .collect();
    let expected = [
        ("NA", 1057),
        ("NB", 177),
        ("NC", 0),
        ("ND", 1116),
        ("PA", 1031),
        ("PB", 279),
        ("PC", 1031),
        ("PD", 279),
        ("PE", 12),
        ("PF", 1125),
    ];
    assert_eq!(sizes, expected);
}
