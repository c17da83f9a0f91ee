// Warps the mesh of one depth camera into the view.
//
// in   grid                  depth pixel x, y; depth in 1/8 mm; tilt: the
//                            slopes of depth by x and y in 8 bits each
// in   rays                  RG32F, x and y of each depth pixel's ray (x, y, 1)
// in   toView, toViewT       depth camera -> view camera (OpenCV axes)
// out  normal                of the surface, towards the depth camera, view axes
// out  facing                cosine between that and the way to the depth camera
// out  depthAt               depth pixel, 0..1 of the depth picture
// out  gl_Position           clip space of the view; depth is 1 - nearest / z, where
//                            z grows by what facing.glsl sets a surface back

layout(location = 0) in uvec4 grid;

layout(binding = 0) uniform sampler2D rays;

uniform mat3 toView;
uniform vec3 toViewT;
uniform vec2 viewFocal, viewCentre, viewSize; // pixels

out vec3 normal;
out float facing;
out vec2 depthAt;

const float steepestTilt = 8.0; // as in mesher.go

void main() {
    vec2 ray = texelFetch(rays, ivec2(grid.xy), 0).xy;
    depthAt = (vec2(grid.xy) + 0.5) / vec2(textureSize(rays, 0));

    vec2 code = (vec2(grid.w & 255u, grid.w >> 8) - 127.0) / 127.0;
    vec2 slope = steepestTilt * code * abs(code);
    vec3 n = vec3(slope, -1.0 - dot(slope, ray));
    float size = length(n);
    facing = inversesqrt(1.0 + dot(ray, ray)) / size;
    normal = toView * (n / size);

    vec3 v = toView * (vec3(ray, 1.0) * (float(grid.z) * 0.000125)) + toViewT;
    vec2 clip = 2.0 * (viewFocal * v.xy + (viewCentre + 0.5) * v.z) / viewSize - v.z;
    gl_Position = vec4(clip, v.z - 2.0 * nearest * v.z / (v.z + setBack(facing)), v.z);
}
