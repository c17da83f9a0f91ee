// What the learned blend judges a pixel by.
//
// with lens.glsl, visibility.glsl, pictures.glsl and between.glsl; the surface
// and distance are grown
// in   rim        quality, nearness to the surface
// out  camera*    Y, Cb and Cr less those of the blend, times 6; weight, of a sum of 1
// out  shown      share of what each camera sees there that is this surface
// out  gap        decimetres that the nearest of it lies behind, -1 to 1
// out  place      matte, 1 where something is known, nearness, quality
// out  blend      Y, Cb, Cr of all cameras by weight, deviation of Y times 6

layout(binding = 6) uniform sampler2D rim;

uniform vec2 viewFocal, viewCentre;

layout(location = 0) out vec4 cameras[4];
layout(location = 4) out vec4 shown;
layout(location = 5) out vec4 gap;
layout(location = 6) out vec4 place;
layout(location = 7) out vec4 blend;

void main() {
    vec4 z = around();
    cameras = vec4[4](vec4(0.0), vec4(0.0), vec4(0.0), vec4(0.0));
    shown = gap = place = blend = vec4(0.0);
    // A loop rather than an if: a software rasteriser jumps over a loop that no
    // pixel of a group enters, but computes both sides of an if.
    for (int live = dot(z, vec4(1.0)) > 0.0 ? 1 : 0; live > 0; live--) {
        Between b = between(z);
        vec3 p = vec3((gl_FragCoord.xy - 0.5 - viewCentre) / viewFocal, 1.0) * b.depth;
        vec3 normal = normalize(texelFetch(surface, b.nearest, 0).rgb - 0.5), toEye = -normalize(p);
        vec4 w = vec4(0.0), sees = vec4(0.0);
        vec3 colours[COUNT];
        gap = vec4(1.0);
        for (int i = 0; i < COUNT; i++) {
            vec3 q = toColour[i] * p + toColourT[i];
            vec2 pixel = project(colourLens[i], q.xy / q.z);
            vec4 off = behind(i, pixel, q.z);
            w[i] = weigh(i, p, normal, toEye);
            shown[i] = shows(off);
            gap[i] = clamp(10.0 * min(min(off.x, off.y), min(off.z, off.w)), -1.0, 1.0);
            sees[i] = clear(i, pixel, shown[i]);
            colours[i] = look(i, pixel, colourLens[i].size);
        }
        w = together(w, sees);
        w /= w.x + w.y + w.z + w.w;
        for (int i = 0; i < COUNT; i++) blend.rgb += w[i] * colours[i];
        float variance = 0.0;
        for (int i = 0; i < COUNT; i++) {
            vec3 off = colours[i] - blend.rgb;
            cameras[i] = vec4(6.0 * off, w[i]);
            variance += w[i] * off.x * off.x;
        }
        blend.a = 6.0 * sqrt(variance + 1e-6);
        vec2 edge = texelFetch(rim, b.nearest, 0).rg;
        place = vec4(b.matte, 1.0, edge.g, edge.r);
    }
}
