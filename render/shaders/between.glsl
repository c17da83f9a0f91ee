// Geometry at a pixel of full size.
//
// with #define WHOLE for geometry of full size; else it is of half size
// in   surface    normal (view axes, 0.5 is 0), matte
// in   distance   metres along the view's axis, 0 where there is nothing

layout(binding = 0) uniform sampler2D surface;
layout(binding = 1) uniform sampler2D distance;

const float oneSurface = 0.02; // metres between neighbouring pixels

#ifdef WHOLE
const float scale = 1.0;
const vec4 looked = vec4(0.0, 0.0, 0.0, 1.0); // the pixel itself
#else
const float scale = 0.5;
const vec4 looked = vec4(1.0);
#endif

struct Between {
    ivec2 nearest; // pixel of the geometry that shows something
    float depth;   // metres along the view's axis
    float matte;
};

// around returns the distances of the four pixels of the geometry round the
// fragment, in the order of a gather.
vec4 around() {
    vec2 corner = floor(scale * gl_FragCoord.xy - 0.5);
    return looked * textureGather(distance, (corner + 1.0) / vec2(textureSize(surface, 0)));
}

// between is what is there, given these distances, one of them at least.
Between between(vec4 z) {
    vec2 at = scale * gl_FragCoord.xy - 0.5, corner = floor(at), part = at - corner;
    vec2 middle = (corner + 1.0) / vec2(textureSize(surface, 0));
    vec4 near = vec4(1.0 - part.x, part.x, part.x, 1.0 - part.x) * vec4(part.y, part.y, 1.0 - part.y, 1.0 - part.y);
    // The nearest of them that is known, or all where they are one surface.
    vec4 rank = near * vec4(greaterThan(z, vec4(0.0)));
    float first = max(max(rank.x, rank.y), max(rank.z, rank.w));
    float low = min(min(z.x, z.y), min(z.z, z.w)), high = max(max(z.x, z.y), max(z.z, z.w));
    ivec2 nearest = ivec2(corner) + (rank.x == first ? ivec2(0, 1) : rank.y == first ? ivec2(1, 1) : rank.z == first ? ivec2(1, 0) : ivec2(0));
    float chosen = rank.x == first ? z.x : rank.y == first ? z.y : rank.z == first ? z.z : z.w;
    return Between(clamp(nearest, ivec2(0), textureSize(surface, 0) - 1),
        low > 0.0 && high - low < oneSurface ? dot(near, z) : chosen,
        dot(near, textureGather(surface, middle, 3)));
}
