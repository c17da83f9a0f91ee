// Warps the mesh of one depth camera into the view.
//
// with mesh.glsl
// in   toView, toViewT       depth camera -> view camera (OpenCV axes)
// in   toColour, toColourT   depth camera -> colour camera
// out  facing                cosine between surface normal and depth ray
// out  depthAt               depth pixel, 0..1 of the depth picture
// out  colourAt              colour pixel, 0..1 of the colour picture
// out  colourZ               distance along the colour camera's axis, metres
// out  gl_Position           clip space of the view; depth is 1 - nearest / z

uniform mat3 toView, toColour;
uniform vec3 toViewT, toColourT;
uniform Lens colourLens;
uniform vec2 viewFocal, viewCentre, viewSize; // pixels

out float facing;
out vec2 depthAt;
out vec2 colourAt;
out float colourZ;

const float nearest = 0.15; // metres, as in blend.frag

void main() {
    vec3 p = surface();
    facing = float(grid.w) / 65535.0;
    depthAt = (vec2(grid.xy) + 0.5) / vec2(textureSize(rays, 0));

    vec3 c = toColour * p + toColourT;
    colourAt = (project(colourLens, c.xy / c.z) + 0.5) / colourLens.size;
    colourZ = c.z;

    vec3 v = toView * p + toViewT;
    vec2 clip = 2.0 * (viewFocal * v.xy + (viewCentre + 0.5) * v.z) / viewSize - v.z;
    gl_Position = vec4(clip, v.z - 2.0 * nearest, v.z);
}
