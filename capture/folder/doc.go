// Package folder plays a folder of pictures as a rig: address folder:DIR.
//
// # Aligned: camN_color.png, camN_depth.png and cameras.json
//
// Colour is PNG or JPEG, depth a 16-bit PNG. One pair a camera is a still; a
// sequence is either a sub-folder an instant (DIR/000000/cam0_color.png) or a
// number in the name (cam0_color_000000.png). cameras.json is a list of
// cameras, or an object that holds it as "cameras":
//
//	name                  as in the file names
//	width, height         of the colour picture, pixels
//	fx fy cx cy, or K     3 x 3; pixel (0, 0) has its centre at (0, 0)
//	distortion            OpenCV order k1 k2 p1 p2 [k3 [k4 k5 k6]]
//	max_radius            of x and y at depth 1, beyond which it is not valid
//	R_cam_to_world        3 x 3, OpenCV axes (x right, y down, z forward)
//	position              of the camera in the world, metres
//	cam_to_world          4 x 4 or 3 x 4, in place of these two
//	depth_scale           metres a unit of the depth picture, 0.001 if absent
//	depth_fx ... depth_cy, depth_K, depth_width, depth_height,
//	depth_distortion, depth_max_radius, depth_to_color (4 x 4 or 3 x 4, metres)
//	                      the depth camera, where depth is not aligned to colour
//	matted                depth is 0 wherever the person is not
//
// and beside "cameras" in the object:
//
//	cube                  world to cube: 3 x 4 or 4 x 4
//	volume                {"min": [x, y, z], "max": [x, y, z]}, in the cube
//	rate                  hertz
//
// Unknown fields are ignored. Writer writes such a folder.
//
// # Raw: rgb.SERIAL-NNNN.png, depth.SERIAL-NNNN.png
//
// As cwipc records them, with the poses of its cameraconfig.json (a trafo a
// serial, camera to a world with y up). It holds no lenses: they come from a
// cameras.json whose names are the serials, or, if asked for with
// ?intrinsics=nominal, are those of an average Azure Kinect.
//
// # Scene: frame-NNNNNN.color.jpg, .depth.png, .pose.txt
//
// As in the 7-Scenes data set, with camera-intrinsics.txt; depth 65535 is
// invalid. Each frame is one camera of a static scene.
//
// # Cube and volume
//
// Where the rig does not state them they are estimated from the depth, and
// Rig.Estimated says how: up from the person's long axis and the cameras' own
// up, the head from the topmost points, the front from the first camera.
//
// # Memory
//
// Pictures are decoded once and kept where all of them fit into 1 GiB;
// otherwise they are decoded ahead of time again and again.
package folder
