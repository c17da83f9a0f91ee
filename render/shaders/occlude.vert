// Draws the person's mesh as the colour camera sees it, depth only, to find
// what hides what from the colour lens.
//
// with mesh.glsl
// in   toColour, toColourT   depth camera -> colour camera
// out  gl_Position           clip space of the small occlusion picture; depth
//                            is linear in 1/z: 1 - nearest / z

uniform mat3 toColour;
uniform vec3 toColourT;
uniform Lens colourLens;

const float nearest = 0.15; // metres

void main() {
    vec3 p = toColour * surface() + toColourT;
    vec2 pixel = project(colourLens, p.xy / p.z);
    vec2 clip = 2.0 * (pixel + 0.5) / colourLens.size - 1.0;
    gl_Position = vec4(clip * p.z, (1.0 - 2.0 * nearest / p.z) * p.z, p.z);
}
