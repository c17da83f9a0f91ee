// Colours the surface from the cameras that see it, drawn in the squares that
// these cameras colour.
//
// with lens.glsl and #define COUNT, the number of colour cameras
// in   surface    matte in a, at half size
// in   distance   metres along the view's axis, 0 where there is nothing, at half size
// in   weights    of the cameras, at half size
// in   uploaded   the part of a picture that is there: least and largest x, y, 0..1
// in   channel    that of a camera in weights
// in   pictures   Y, Cb, Cr of each camera
// in   toColour*  view camera -> colour camera
// in   range      luma scale, luma offset, chroma scale to limited range
// out  picture    Y, Cb, Cr, matte; 0 where there is nothing

layout(binding = 0) uniform sampler2D surface;
layout(binding = 1) uniform sampler2D distance;
layout(binding = 2) uniform sampler2D weights;
layout(binding = 3) uniform sampler2D pictures[COUNT];

uniform mat3 toColour[COUNT];
uniform vec3 toColourT[COUNT];
uniform Lens colourLens[COUNT];
uniform vec3 range[COUNT];
uniform vec4 uploaded[COUNT];
uniform vec4 channel[COUNT];
uniform vec2 viewFocal, viewCentre;

layout(location = 0) out vec4 picture;

const float oneSurface = 0.02; // metres between neighbouring pixels

vec3 look(int i, vec3 p) {
    vec3 q = toColour[i] * p + toColourT[i];
    vec2 at = (project(colourLens[i], q.xy / q.z) + 0.5) / colourLens[i].size;
    at = clamp(at, uploaded[i].xy, uploaded[i].zw); // beyond is an earlier frame
    return texture(pictures[i], at).rgb * range[i].xzz + vec3(range[i].y, vec2(128.0 / 255.0 * (1.0 - range[i].z)));
}

void main() {
    // The four of half size round the pixel, in the order of a gather.
    vec2 at = 0.5 * gl_FragCoord.xy - 0.5, corner = floor(at), part = at - corner;
    vec2 middle = (corner + 1.0) / vec2(textureSize(surface, 0));
    vec4 near = vec4(1.0 - part.x, part.x, part.x, 1.0 - part.x) * vec4(part.y, part.y, 1.0 - part.y, 1.0 - part.y);
    vec4 z = textureGather(distance, middle), known = vec4(greaterThan(z, vec4(0.0)));
    picture = vec4(0.0);
    // A loop rather than an if: a software rasteriser jumps over a loop that no
    // pixel of a group enters, but computes both sides of an if.
    for (int live = dot(known, vec4(1.0)) > 0.0 ? 1 : 0; live > 0; live--) {
        // The nearest of them that is known, or all where they are one surface.
        vec4 rank = near * known;
        float first = max(max(rank.x, rank.y), max(rank.z, rank.w));
        float low = min(min(z.x, z.y), min(z.z, z.w)), high = max(max(z.x, z.y), max(z.z, z.w));
        ivec2 nearest = ivec2(corner) + (rank.x == first ? ivec2(0, 1) : rank.y == first ? ivec2(1, 1) : rank.z == first ? ivec2(1, 0) : ivec2(0));
        float chosen = rank.x == first ? z.x : rank.y == first ? z.y : rank.z == first ? z.z : z.w;
        float depth = low > 0.0 && high - low < oneSurface ? dot(near, z) : chosen;

        vec3 p = vec3((gl_FragCoord.xy - 0.5 - viewCentre) / viewFocal, 1.0) * depth;
        vec4 w = texelFetch(weights, clamp(nearest, ivec2(0), textureSize(weights, 0) - 1), 0);
        vec4 sum = vec4(0.0);
        for (int i = 0; i < COUNT; i++) sum += dot(w, channel[i]) * vec4(look(i, p), 1.0);
        picture = vec4(sum.rgb / max(sum.a, 1e-3), dot(near, textureGather(surface, middle, 3)));
    }
}
