/**
 * The node's own words for the filters that it comes with, in simplified Chinese: names,
 * choices and units, and texts. Those of other filters are shown as they are. A test of
 * the node holds this table to its filters (filterwords_test.go).
 */
export const chinese: Readonly<Record<string, string>> = {
  denoise: "降噪",
  "Takes noise away from a voice.": "去除语音中的噪声。",
  strength: "强度",
  "how much of the noise is taken away; 0.9 leaves it 20 dB below, 0 all of it":
    "去除多少噪声；0.9 使噪声降低 20 分贝，0 则全部保留",
  spare: "保留原声",
  "leave speech as it is where there is little noise": "噪声很小时保持语音原样",

  gain: "音量",
  "Makes a voice louder or quieter.": "调高或调低语音的音量。",
  "by how much it is louder; a change takes 20 ms": "音量增加多少；变化在 20 毫秒内完成",
  dB: "分贝",

  grade: "调色",
  "Corrects exposure, contrast and colours.": "校正曝光、对比度和色彩。",
  exposure: "曝光",
  stops: "挡",
  "how much lighter it is": "画面变亮多少",
  contrast: "对比度",
  "of light against dark, about a middle grey; 1 leaves it": "以中灰为基准的明暗对比；1 为不变",
  saturation: "饱和度",
  "of colours; 0 is grey, 1 leaves them": "色彩浓度；0 为灰度，1 为不变",
  warmth: "冷暖",
  "above 0 more orange, below it more blue": "大于 0 偏橙，小于 0 偏蓝",

  landmarks: "视线",
  "Watches where the person before the cameras looks, to show whom they attend to.":
    "观察摄像头前的人看向何处，以显示其关注对象。",
  rate: "频率",
  Hz: "赫兹",
  "how often it looks": "每秒观察次数",
  cameras: "摄像头数",
  "how many cameras it looks through at most": "最多使用多少个摄像头",
  steady: "平稳",
  "how much a gaze that rests is smoothed": "视线停留时的平滑程度",

  lift: "立体化",
  "Cuts the person out of the picture and guesses their depth, so that they sit in the room in 3D.":
    "将人物从画面中抠出并估计其深度，使其以三维形象坐在房间里。",
  fov: "视角",
  degrees: "度",
  "the camera's field of view from corner to corner": "摄像头的对角线视角",
  tilt: "俯角",
  "how far the camera looks down": "摄像头向下倾斜的角度",
  feather: "羽化",
  "how soft the person's edge is": "人物边缘的柔和程度",
  stability: "稳定",
  "how much an edge that does not move is held": "静止边缘的保持程度",

  matte: "背景",
  "Finds the person in the picture and blurs, replaces or removes what is behind.":
    "识别画面中的人物，并虚化、替换或移除其背景。",
  mode: "方式",
  "what becomes of the background; remove keeps the matte and makes it grey":
    "如何处理背景；移除时保留遮罩并显示为灰色",
  blur: "虚化",
  replace: "替换",
  remove: "移除",
  radius: "半径",
  px: "像素",
  "how far the blur reaches, of a picture 720 pixels high": "虚化范围，以 720 像素高的画面为准",
  colour: "颜色",
  "what replaces the background": "替换背景的颜色",

  vad: "说话检测",
  "Notices who speaks.": "检测谁在说话。",
  threshold: "阈值",
  "the probability from which on it is speech": "概率达到多少即视为语音",
  hangover: "延续",
  s: "秒",
  "how long somebody still speaks after the last speech": "最后一次语音之后仍视为在说话的时长",
};
