// Closes cracks inside the person and extends colour beyond the silhouette.
//
// in   blended    Y, Cb, Cr, matte at full size
// in   levels     pyramid at 1/2, 1/4, 1/8 and 1/16, premultiplied by coverage
// out  picture    Y, Cb, Cr, matte; grey beyond the extension

layout(binding = 0) uniform sampler2D blended;
layout(binding = 1) uniform sampler2D levels[4];

layout(location = 0) out vec4 picture;

const float closed = 0.72;  // coverage at 1/4 size above which a gap is a crack
const float enough = 0.12;  // coverage that still gives a colour in 8 bits
const vec3 grey = vec3(126.0, 128.0, 128.0) / 255.0;

void main() {
    vec4 own = texelFetch(blended, ivec2(gl_FragCoord.xy), 0);
    vec2 at = gl_FragCoord.xy / vec2(textureSize(blended, 0));
    float matte = own.a;
    if (matte < 1.0) {
        float around = texture(levels[1], at).a;
        matte = max(matte, smoothstep(closed, closed + 0.15, around));
    }
    vec3 colour = own.rgb;
    if (own.a == 0.0) {
        colour = grey;
        for (int i = 0; i < 4; i++) {
            vec4 c = texture(levels[i], at);
            if (c.a > enough) {
                colour = c.rgb / c.a;
                break;
            }
        }
    }
    picture = vec4(colour, matte);
}
