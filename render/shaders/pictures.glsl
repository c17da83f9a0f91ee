// The colours that a camera has of a point.
//
// with lens.glsl, #define COUNT, the number of colour cameras, and #define
// PICTURES, the first unit of their pictures; #define CUBIC for sharper ones
// in   pictures   Y, Cb, Cr of each camera
// in   uploaded   the part of a picture that is there: least and largest x, y, 0..1
// in   range      luma scale, luma offset, chroma scale to limited range, gain included
// in   tint       Cb and Cr that a camera lacks, of luma above black

layout(binding = PICTURES) uniform sampler2D pictures[COUNT];

uniform vec3 range[COUNT];
uniform vec2 tint[COUNT];
uniform vec4 uploaded[COUNT];

// pick returns the codes at a pixel of camera i's picture of some size.
vec3 pick(int i, vec2 pixel, vec2 size) {
    vec2 at = clamp((pixel + 0.5) / size, uploaded[i].xy, uploaded[i].zw); // beyond is an earlier frame
    return texture(pictures[i], at).rgb;
}

#ifdef CUBIC
// sharp is pick by the cubic of Catmull and Rom over 4 x 4 pixels, of which the
// inner two of each axis are read together.
vec3 sharp(int i, vec2 pixel, vec2 size) {
    vec2 corner = floor(pixel), f = pixel - corner;
    vec2 before = f * (-0.5 + f * (1.0 - 0.5 * f)), here = 1.0 + f * f * (-2.5 + 1.5 * f);
    vec2 next = f * (0.5 + f * (2.0 - 1.5 * f)), after = f * f * (-0.5 + 0.5 * f);
    vec2 inner = here + next, at = next / inner;
    vec3 sum = inner.x * inner.y * pick(i, corner + at, size);
    sum += before.x * inner.y * pick(i, corner + vec2(-1.0, at.y), size) + after.x * inner.y * pick(i, corner + vec2(2.0, at.y), size);
    sum += inner.x * before.y * pick(i, corner + vec2(at.x, -1.0), size) + inner.x * after.y * pick(i, corner + vec2(at.x, 2.0), size);
    sum += before.x * before.y * pick(i, corner + vec2(-1.0, -1.0), size) + after.x * before.y * pick(i, corner + vec2(2.0, -1.0), size);
    return sum + before.x * after.y * pick(i, corner + vec2(-1.0, 2.0), size) + after.x * after.y * pick(i, corner + vec2(2.0, 2.0), size);
}
#else
#define sharp pick
#endif

// look returns Y, Cb and Cr there.
vec3 look(int i, vec2 pixel, vec2 size) {
    vec3 c = sharp(i, pixel, size) * range[i].xzz + vec3(range[i].y, vec2(128.0 / 255.0 * (1.0 - range[i].z)));
    return vec3(c.x, c.yz + tint[i] * (c.x - 16.0 / 255.0));
}
