// How far a surface that its camera sees at a slant is set back in the depth
// test: what is seen well hides what is seen badly, noise does not decide.
//
// in   facing   cosine between a surface's normal and the way to its camera
// out  setBack  metres

const float nearest = 0.15; // metres, the view's near plane
const float grazed = 0.08;  // facing of a surface that hangs between others
const float seen = 0.25;    // facing from which it is one

float setBack(float facing) {
    return 0.006 * (1.0 - facing) + 0.03 * (1.0 - smoothstep(grazed, seen, facing));
}
