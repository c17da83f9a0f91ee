package wasm_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/wasm"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// plain describes a filter without parameters; the words replace others in it.
func plain(replace ...string) string {
	return strings.NewReplacer(replace...).Replace(
		`{"name": "echo", "summary": "returns what it hears", "look_ahead_samples": 480, "latency_us": 500, "late": "pass", "failing": "hold"}`)
}

func with(parameters string) string {
	return plain(`"failing": "hold"`, `"failing": "hold", "parameters": [`+parameters+`]`)
}

func echo(bodies map[string][]byte) source { return source{describe: plain(), bodies: bodies} }

func says(text string) source { return source{describe: text} }

func has(id byte, content []byte) source {
	return source{describe: plain(), sections: map[byte][]byte{id: content}}
}

// many is a list that would have four thousand million parts.
var many = []byte{0xff, 0xff, 0xff, 0xff, 0x0f}

// modules are files that are refused, and a word of why.
var modules = []struct {
	name   string
	module []byte
	say    string
}{
	{"nothing", nil, "it is no WebAssembly"},
	{"text", []byte("(module)"), "it is no WebAssembly"},
	{"component", []byte("\x00asm\x0d\x00\x01\x00"), "or a component"},
	{"header alone", []byte("\x00asm\x01\x00\x00\x00"), "it lacks the export memory"},
	{"cut", echo(nil).bytes()[:200], "ends too early"},
	{"large", append(echo(nil).bytes(), section(0, make([]byte, 4<<20))...), "more than 4194304 bytes"},

	{"many types", has(1, many).bytes(), "section 1: a list of 4294967295 has no room"},
	{"many arguments", has(1, vector(code([]byte{0x60}, many))).bytes(), "has no room"},
	{"structure types", has(1, vector([]byte{0x5f, 0})).bytes(), "the form 0x5f"},
	{"many functions", has(3, many).bytes(), "section 3: a list"},
	{"many exports", has(7, many).bytes(), "section 7: a list"},
	{"many locals", has(10, vector(code([]byte{8}, vector(code(many, []byte{i32})), end))).bytes(), "4294967295 local variables"},
	{"long data", has(11, vector(code([]byte{1}, many))).bytes(), "ends too early"},
	{"many elements", has(9, vector(code([]byte{5, 0x70}, many))).bytes(), "has no room"},
	{"large table", has(4, vector(code([]byte{0x70, 0}, unsigned(65537)))).bytes(), "65537 entries, at most 65536"},
	{"growing table", process(pass(), drop, []byte{0xd0, 0x70}, constant(1), []byte{0xfc, 15, 0}).bytes(), "tables cannot grow"},
	{"tables", has(4, vector([]byte{0x70, 1, 1, 1}, []byte{0x70, 1, 1, 1}, []byte{0x70, 1, 1, 1}, []byte{0x70, 1, 1, 1}, []byte{0x70, 1, 1, 1})).bytes(), "5 tables"},
	{"much memory", source{describe: plain(), memory: vector(code([]byte{0}, unsigned(513)))}.bytes(), "asks for 32832 KiB of memory, the limit is 32768 KiB"},
	{"shared memory", source{describe: plain(), memory: vector([]byte{3, 1, 1})}.bytes(), "neither shared nor 64-bit"},
	{"imported memory", has(2, vector(code(name("env"), name("memory"), []byte{2, 0, 1}))).bytes(), `imports "memory" from "env", which is no function`},
	{"no type", has(10, vector([]byte{2, 0, 0x0b})).bytes(), "section"},

	{"import", source{describe: plain(), imports: [][2]string{{"env", "now"}}}.bytes(), `imports "now" from "env": there are [log(i32, i32) observe_voice(f64)]`},
	{"WASI", source{describe: plain(), imports: [][2]string{{"wasi_snapshot_preview1", "fd_write"}}}.bytes(), "there is no WASI here, compile it for wasm32-unknown-unknown"},
	{"import of another type", has(2, vector(code(name("vc"), name("log"), []byte{0, typeF}))).bytes(), "it imports log(f64), there is log(i32, i32)"},
	{"no vc_open", echo(map[string][]byte{"vc_open": nil}).bytes(), "it lacks the export vc_open(i32) i32"},
	{"no memory", has(7, vector()).bytes(), "it lacks the export memory"},
	{"wrong type", source{describe: plain(), types: map[string]byte{"vc_describe": typeII}}.bytes(), "it exports vc_describe(i32) i32, wanted is vc_describe() i32"},

	{"version", source{describe: plain(), abi: 1}.bytes(), "version 2 of the interface, this program has version 1"},
	{"describes nothing", says("").bytes(), "read JSON"},
	{"describes elsewhere", echo(map[string][]byte{"vc_describe": constant(-2)}).bytes(), "at address 4294967294, outside its memory"},
	{"describes the end", echo(map[string][]byte{"vc_describe": code(constant(0x3fffc), constant(9), storeI(0), constant(0x3fffc))}).bytes(), "9 bytes at address 262140 ends outside"},
	{"describes at length", echo(map[string][]byte{"vc_describe": code(constant(0), constant(-1), storeI(0), constant(0))}).bytes(), "4294967295 bytes, at most 16384"},
	{"name", says(plain("echo", "Echo!")).bytes(), `"Echo!" is no name`},
	{"no summary", says(plain("returns what it hears", "")).bytes(), "has no summary"},
	{"policy", says(plain("pass", "wait")).bytes(), `the policy "wait"`},
	{"latency", says(plain("500", "20001")).bytes(), "1 to 20000 are possible"},
	{"no latency", says(plain("500", "0")).bytes(), "latency_us is 0"},
	{"looks far ahead", says(plain("480", "96001")).bytes(), "look_ahead_samples is 96001"},
	{"observes ahead", says(plain(`"late"`, `"observes": true, "late"`)).bytes(), "observes and looks ahead"},
	{"text parameter", says(with(`{"name": "title", "type": "text", "default": ""}`)).bytes(), "parameter title is a text"},
	{"parameter out of range", says(with(`{"name": "gain", "type": "number", "default": 2, "min": 0, "max": 1}`)).bytes(), "from 0 to 1"},
	{"no vc_parameter", source{describe: with(`{"name": "on", "type": "switch", "default": true}`), bodies: map[string][]byte{"vc_parameter": nil}}.bytes(), "lacks the export vc_parameter"},

	{"loops", echo(map[string][]byte{"vc_describe": code(forever, constant(0))}).bytes(), "vc_describe: it did not return in its time of"},
	{"loops at once", echo(map[string][]byte{"_initialize": forever}).bytes(), "start: it did not return in its time of"},
	{"traps", echo(map[string][]byte{"vc_describe": unreachable}).bytes(), "vc_describe: wasm error: unreachable (it has 256 of at most 32768 KiB"},
}

// limitsFor ends soon what is said not to return. Whatever else may wait for a busy
// machine.
func limitsFor(say string) wasm.Limits {
	if strings.Contains(say, "did not return") {
		return wasm.Limits{Call: 100 * time.Millisecond, Open: 500 * time.Millisecond}
	}
	return wasm.Limits{Call: time.Minute, Open: time.Minute}
}

func TestDefineRefuses(t *testing.T) {
	for _, c := range modules {
		t.Run(c.name, func(t *testing.T) {
			_, err := wasm.Define(t.Context(), c.module, limitsFor(c.say))
			if !errors.Is(err, wasm.ErrInvalid) || !strings.Contains(err.Error(), c.say) {
				t.Errorf("%v, does not say %q", err, c.say)
			}
		})
	}
}

func TestLimitsRefuse(t *testing.T) {
	for _, l := range []wasm.Limits{{Memory: 1000}, {Memory: 257 << 20}, {Call: -1}} {
		if _, err := wasm.Define(t.Context(), echo(nil).bytes(), l); err == nil || !strings.Contains(err.Error(), "limits") {
			t.Errorf("%+v: %v", l, err)
		}
	}
}

func TestDescription(t *testing.T) {
	d, err := wasm.Define(t.Context(), append(echo(nil).bytes(), section(0, name("note"))...), wasm.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	want := models.Description{
		Name: "echo", Summary: "returns what it hears", Kind: models.KindAudio, LookAhead: 10 * time.Millisecond,
		Latency: 500 * time.Microsecond, Late: models.Pass, Failing: models.Hold,
	}
	if !reflect.DeepEqual(d.Description, want) {
		t.Errorf("%+v, want %+v", d.Description, want)
	}
	if err := (models.Table{d}).Validate(); err != nil {
		t.Error(err)
	}
}

func TestLoadFolder(t *testing.T) {
	folder := t.TempDir()
	for file, content := range map[string][]byte{
		"b.wasm": says(plain("echo", "second")).bytes(), "a.wasm": says(plain("echo", "first")).bytes(),
		"c.wasm": []byte("c"), "d.wasm": {}, "e.yaml": []byte("a manifest"),
	} {
		if err := os.WriteFile(filepath.Join(folder, file), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(folder, "f.wasm"), 0o700); err != nil {
		t.Fatal(err)
	}
	made, err := wasm.LoadFolder(t.Context(), folder, wasm.Limits{})
	if len(made) != 2 || made[0].Name != "first" || made[1].Name != "second" {
		t.Errorf("%d filters: %+v", len(made), made)
	}
	for _, file := range []string{"c.wasm: invalid filter module", "d.wasm: invalid filter module", "f.wasm is no file"} {
		if err == nil || !strings.Contains(err.Error(), file) {
			t.Errorf("%v, does not say %q", err, file)
		}
	}
	if _, err := wasm.LoadFolder(t.Context(), filepath.Join(folder, "none"), wasm.Limits{}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a folder that is not there: %v", err)
	}
	for i := range 60 {
		if err := os.WriteFile(filepath.Join(folder, fmt.Sprintf("x%d.wasm", i)), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := wasm.LoadFolder(t.Context(), folder, wasm.Limits{}); err == nil || !strings.Contains(err.Error(), "at most 64") {
		t.Errorf("65 modules: %v", err)
	}
}

// FuzzDefine holds that no file harms who loads it, and that what it makes can be
// opened and used, or says why not.
func FuzzDefine(f *testing.F) {
	for _, c := range modules {
		if len(c.module) < 10_000 {
			f.Add(c.module)
		}
	}
	for _, c := range misbehaviour {
		f.Add(c.module.bytes())
	}
	f.Add(parameters().bytes())
	f.Fuzz(func(t *testing.T, module []byte) {
		before := bytes.Clone(module)
		use(t, module)
		if !bytes.Equal(before, module) {
			t.Error("the module was written to")
		}
	})
}

// FuzzProcess holds that nothing that a module does when it is given sound outlasts
// its time, or comes out as no sound.
func FuzzProcess(f *testing.F) {
	for _, c := range misbehaviour {
		f.Add(c.module.bodies["vc_process"], plain())
	}
	f.Add(parameters().bodies["vc_process"], parameters().describe)
	for _, c := range modules {
		if at := bytes.Index(c.module, []byte(`{"name`)); at > 0 {
			f.Add(pass(), string(c.module[at:]))
		}
	}
	f.Fuzz(func(t *testing.T, body []byte, describe string) {
		m := source{describe: describe, bodies: map[string][]byte{"vc_process": body}}
		if len(describe) < 8192 && len(body) > 0 {
			use(t, m.bytes())
		}
	})
}

// use loads a module, opens it and gives it sound.
func use(t *testing.T, module []byte) {
	t.Helper()
	quick := wasm.Limits{Memory: 1 << 20, Call: 20 * time.Millisecond, Open: 20 * time.Millisecond}
	d, err := wasm.Define(t.Context(), module, quick)
	if err != nil {
		if !errors.Is(err, wasm.ErrInvalid) {
			t.Errorf("refused by %v", err)
		}
		return
	}
	if err := (models.Table{d}).Validate(); err != nil {
		t.Fatal(err)
	}
	s, err := d.OpenAudio(t.Context(), models.Environment{}, d.Parameters.Defaults())
	if err != nil {
		return
	}
	for range 2 {
		began := time.Now()
		out, err := s.Process(tone(), d.Parameters.Defaults())
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("it took %v of %v", took, quick.Call)
		}
		out.Captured = tone().Captured // what looks ahead may come to a negative instant
		if err == nil && out.Validate() != nil {
			t.Errorf("it made %v", out.Validate())
		}
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}
