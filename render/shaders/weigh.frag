// Weighs the colour cameras at the surface.
//
// with lens.glsl, visibility.glsl and #define COUNT, the number of colour cameras
// in   surface    normal (view axes, 0.5 is 0), matte
// in   distance   metres along the view's axis
// out  weights    of the cameras, the largest is 1; 0 where there is nothing

layout(binding = 0) uniform sampler2D surface;
layout(binding = 1) uniform sampler2D distance;

uniform vec2 viewFocal, viewCentre;

layout(location = 0) out vec4 weights;

void main() {
    ivec2 at = ivec2(gl_FragCoord.xy);
    vec4 found = texelFetch(surface, at, 0);
    weights = vec4(0.0);
    // A loop rather than an if: a software rasteriser jumps over a loop that no
    // pixel of a group enters, but computes both sides of an if.
    for (int live = found.a > 0.0 ? 1 : 0; live > 0; live--) {
        vec3 p = vec3((gl_FragCoord.xy - 0.5 - viewCentre) / viewFocal, 1.0) * texelFetch(distance, at, 0).r;
        vec3 normal = normalize(found.rgb - 0.5), toEye = -normalize(p);
        vec4 w = vec4(0.0), sees = vec4(0.0);
        for (int i = 0; i < COUNT; i++) {
            vec3 q = toColour[i] * p + toColourT[i];
            vec2 pixel = project(colourLens[i], q.xy / q.z);
            w[i] = weigh(i, p, normal, toEye);
            sees[i] = clear(i, pixel, shows(behind(i, pixel, q.z)));
        }
        vec4 most = together(w, sees);
        weights = most / max(max(most.x, most.y), max(most.z, most.w));
    }
}
