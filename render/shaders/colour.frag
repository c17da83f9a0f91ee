// Colours the surface from the cameras that see it, drawn in the squares that
// these cameras colour.
//
// with lens.glsl, pictures.glsl and between.glsl
// in   weights    of the cameras, at half size
// in   channel    that of a camera in weights
// in   toColour*  view camera -> colour camera
// out  picture    Y, Cb, Cr, matte; 0 where there is nothing

layout(binding = 2) uniform sampler2D weights;

uniform mat3 toColour[COUNT];
uniform vec3 toColourT[COUNT];
uniform Lens colourLens[COUNT];
uniform vec4 channel[COUNT];
uniform vec2 viewFocal, viewCentre;

layout(location = 0) out vec4 picture;

void main() {
    vec4 z = around();
    picture = vec4(0.0);
    // A loop rather than an if: a software rasteriser jumps over a loop that no
    // pixel of a group enters, but computes both sides of an if.
    for (int live = dot(z, vec4(1.0)) > 0.0 ? 1 : 0; live > 0; live--) {
        Between b = between(z);
        vec3 p = vec3((gl_FragCoord.xy - 0.5 - viewCentre) / viewFocal, 1.0) * b.depth;
        vec4 w = texelFetch(weights, b.nearest, 0);
        vec4 sum = vec4(0.0);
        for (int i = 0; i < COUNT; i++) {
            vec3 q = toColour[i] * p + toColourT[i];
            sum += dot(w, channel[i]) * vec4(look(i, project(colourLens[i], q.xy / q.z), colourLens[i].size), 1.0);
        }
        picture = vec4(sum.rgb / max(sum.a, 1e-3), b.matte);
    }
}
