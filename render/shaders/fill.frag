// Closes cracks inside the person and extends colour beyond the silhouette.
//
// in   blended    Y, Cb, Cr, matte at full size
// in   levels     pyramid at 1/2, 1/4, 1/8 and 1/16, premultiplied by coverage
// out  picture    Y, Cb, Cr, matte; grey beyond the extension
// out  luma       Y, straight into the packed picture's colour tile

layout(binding = 0) uniform sampler2D blended;
layout(binding = 1) uniform sampler2D levels[4];

layout(location = 0) out vec4 picture;
layout(location = 1) out float luma;

const float closed = 0.72;  // coverage at 1/4 size above which a gap is a crack
const float enough = 0.12;  // coverage that still gives a colour in 8 bits
const vec3 grey = vec3(126.0, 128.0, 128.0) / 255.0;

void main() {
    picture = texelFetch(blended, ivec2(gl_FragCoord.xy), 0);
    // A loop rather than an if: a software rasteriser jumps over a loop that no
    // pixel of a group enters, but computes both sides of an if.
    for (int live = picture.a < 1.0 ? 1 : 0; live > 0; live--) {
        vec2 at = gl_FragCoord.xy / vec2(textureSize(blended, 0));
        float around = texture(levels[1], at).a;
        if (picture.a == 0.0) {
            picture.rgb = grey;
            for (int i = 0; i < 4; i++) {
                vec4 c = texture(levels[i], at);
                if (c.a > enough) {
                    picture.rgb = c.rgb / c.a;
                    break;
                }
            }
        }
        picture.a = max(picture.a, smoothstep(closed, closed + 0.15, around));
    }
    luma = picture.r;
}
