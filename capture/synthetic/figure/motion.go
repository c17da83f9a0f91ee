package figure

import (
	"math"

	"github.com/virtualcube/virtualcube/capture/space"
)

// Motion is where the skeleton is at an instant. All angles are radians.
type Motion struct {
	Head    space.Rigid // head's rest frame to cube, the sway included
	Gaze    space.Vec3  // the point that both eyes look at, in the cube
	Eyes    [2]space.Vec3
	sway    space.Rigid
	turn    space.Rigid // of the head on the neck
	jaw     float64
	blink   float64 // 0 open, 1 shut
	breath  float64 // 0..1
	elbow   space.Rigid
	wrist   space.Rigid
	look    [2]space.Mat3 // of the eyes in the head
	lidTilt float64
}

// Joints.
var (
	neckPivot = v(0, -0.135, -0.030)
	hipPivot  = v(0, -0.66, -0.03)
	jawPivot  = v(0, -0.022, -0.002)
)

// Loop is the movement at time t of a loop of length period, both in seconds.
// It returns to its start at the period. gaze fixes what the person looks at,
// a point that Reach accepts: the head turns to it and the eyes do the rest.
// With nil the eyes wander over the screen in front.
func Loop(t, period float64, gaze *space.Vec3) Motion {
	// w is the phase of the nearest whole number of turns to a rate in hertz.
	w := func(hertz float64) float64 {
		return 2 * math.Pi * t / period * max(1, math.Round(hertz*period))
	}
	slow := w(0)
	var m Motion
	m.breath = 0.5 - 0.5*math.Cos(w(0.3))
	m.sway = about(hipPivot, v(0, 0, 1), 0.008*math.Sin(slow+0.4)).Mul(about(hipPivot, v(1, 0, 0), 0.006*math.Sin(slow+1.9)))
	yaw := 0.115*math.Sin(slow) + 0.03*math.Sin(2*slow+1)
	nod := 0.035*math.Sin(2*slow+0.7) + 0.012*math.Sin(w(1.5))
	roll := 0.025 * math.Sin(slow+2)
	if gaze != nil {
		toYaw, toNod := turnTo(m.sway.Inverse().Apply(*gaze))
		yaw, nod, roll = toYaw+attentive*yaw, toNod+attentive*nod, attentive*roll
	}
	m.turn = headTurn(yaw, nod).Mul(about(neckPivot, v(0, 0, 1), roll))
	m.Head = m.sway.Mul(m.turn)
	m.jaw = 0.062 * max(0, 0.45+0.55*math.Sin(w(3.1))) * (0.55 + 0.45*math.Sin(w(0.9)+1))
	m.blink = blink(t, period)
	m.elbow = about(rightArm.elbow, v(1, 0, 0.25), 0.13*math.Sin(slow+0.5)).Mul(about(rightArm.elbow, v(0, 1, 0), 0.10*math.Sin(slow)))
	m.wrist = about(rightHandFrame.T, v(1, 0, -0.3), 0.16*math.Sin(2*slow+0.9))
	m.Gaze = v(0.30*math.Sin(slow+0.5), 0.04+0.05*math.Sin(2*slow), 1.1)
	if gaze != nil {
		m.Gaze = *gaze
	}
	m.lookAt()
	return m
}

// blink shuts the eyes for about 0.2 s, once every 2.5 s or once a loop.
func blink(t, period float64) float64 {
	every := period / max(1, math.Round(period/2.5))
	d := math.Mod(t, every) - 0.62*every
	return smooth(-0.09, -0.015, d) * (1 - smooth(0.03, 0.15, d))
}

// maxLook bounds how far the eyes turn in the head.
const maxLook = 0.75

func (m *Motion) lookAt() {
	back := m.Head.Inverse()
	target := back.Apply(m.Gaze)
	for i, side := range [2]float64{1, -1} {
		c := eyeCentre
		c.X *= side
		m.Eyes[i] = m.Head.Apply(c)
		d := target.Sub(c)
		yaw, pitch := direction(d)
		yaw, pitch = min(maxLook, max(-maxLook, yaw)), min(maxLook, max(-maxLook, pitch))
		m.look[i] = space.RotationAbout(v(0, 1, 0), yaw).Mul(space.RotationAbout(v(1, 0, 0), pitch))
		m.lidTilt = pitch
	}
}

// about is the rotation round an axis through a point.
func about(pivot, axis space.Vec3, angle float64) space.Rigid {
	r := space.RotationAbout(axis, angle)
	return space.Rigid{R: r, T: pivot.Sub(r.Apply(pivot))}
}

// weigh gives the vertices of skin and clothes their bones.
func (f *Figure) weigh(parts []Part) {
	for i := range f.Vertices {
		w := &f.Vertices[i]
		p := w.Rest
		w.Weights[BoneTorso] = float32(smooth(-0.64, -0.40, p.Y))
		switch parts[i] {
		case Skin:
			w.Weights[BoneHead] = float32(smooth(-0.212, -0.115, p.Y))
			w.Weights[BoneJaw] = float32(jawWeight(p))
		case Hair, Brow, Lid, LeftEye, RightEye, Teeth:
			w.Weights[BoneHead], w.Weights[BoneTorso] = 1, 1
		case RightHand:
			w.Weights[BoneForearm], w.Weights[BoneTorso] = 1, 1
			w.Weights[BoneWrist] = float32(smooth(-0.02, 0.03, w.Local.Y))
		case LeftHand:
			w.Weights[BoneTorso] = 0
		case Clothes:
			f.weighClothes(w)
		}
	}
}

func (f *Figure) weighClothes(w *Vertex) {
	p := w.Rest
	if d := sleeve(p, rightArm); p.X < 0 && d < 0.012 && d < torso(p)-0.008+0.004 {
		u := p.Sub(rightArm.elbow).Dot(rightArm.wrist.Sub(rightArm.elbow).Unit())
		w.Weights[BoneForearm] = float32(smooth(-0.015, 0.05, u))
		w.Weights[BoneTorso] = float32(smooth(-0.64, -0.45, p.Y))
		if u > 0 {
			w.Weights[BoneTorso] = 1
		}
		return
	}
	if d := sleeve(p, leftArm); p.X > 0 && d < 0.012 {
		w.Weights[BoneTorso] = float32(smooth(-0.54, -0.35, p.Y))
	}
	w.Weights[BoneBreath] = float32(smooth(-0.60, -0.45, p.Y) * smooth(-0.24, -0.32, p.Y) * smooth(-0.08, 0.03, p.Z))
}

// jawWeight is 1 below the line between the lips and 0 above; it fades over
// cheeks and throat.
func jawWeight(p space.Vec3) float64 {
	front := smooth(-0.005, 0.055, p.Z)
	line := lipLine(p.X) - tilt*p.X
	edge := 0.0004 + 0.022*smooth(0.020, 0.034, math.Abs(p.X))
	below := 1 - smooth(line-edge, line+edge, p.Y)
	return front * below * smooth(-0.165, -0.115, p.Y)
}

// Pose computes positions and normals at an instant; the slices are as long as
// Vertices.
func (f *Figure) Pose(m *Motion, positions, normals []space.Vec3) {
	jaw := about(jawPivot, v(1, 0, 0), m.jaw)
	for i := range f.Vertices {
		w := &f.Vertices[i]
		p, n := w.Rest, w.Normal
		if k := w.Weights[BoneBreath]; k > 0 {
			p = p.Add(v(0, 0.0025, 0.0055).Scale(float64(k) * m.breath))
		}
		if k := w.Weights[BoneUpperLid]; k > 0 {
			p, n = m.lid(p, n, float64(k)*(m.blink*0.66+0.75*m.lidTilt*(1-m.blink)))
		}
		if k := w.Weights[BoneLowerLid]; k > 0 {
			p, n = m.lid(p, n, float64(k)*(-m.blink*0.05+0.30*m.lidTilt))
		}
		for e, bone := range [2]Bone{BoneLeftEye, BoneRightEye} {
			if w.Weights[bone] > 0 {
				c := p.Sub(w.Local)
				p, n = c.Add(m.look[e].Apply(w.Local)), m.look[e].Apply(n)
			}
		}
		p, n = follow(jaw, w.Weights[BoneJaw], p, n)
		p, n = follow(m.wrist, w.Weights[BoneWrist], p, n)
		p, n = follow(m.elbow, w.Weights[BoneForearm], p, n)
		p, n = follow(m.turn, w.Weights[BoneHead], p, n)
		positions[i], normals[i] = follow(m.sway, w.Weights[BoneTorso], p, n)
	}
}

// follow moves a point and its normal with a bone (linear blend skinning).
func follow(bone space.Rigid, weight float32, p, n space.Vec3) (space.Vec3, space.Vec3) {
	if weight == 0 {
		return p, n
	}
	q, r := bone.Apply(p), bone.Rotate(n)
	if weight == 1 {
		return q, r
	}
	return p.Lerp(q, float64(weight)), n.Lerp(r, float64(weight))
}

// lid turns a point of a lid down by an angle about the axis through its eye.
func (m *Motion) lid(p, n space.Vec3, angle float64) (space.Vec3, space.Vec3) {
	c := eyeCentre
	if p.X < 0 {
		c.X = -c.X
	}
	r := space.RotationAbout(v(1, 0, 0), angle)
	return c.Add(r.Apply(p.Sub(c))), r.Apply(n)
}
