/** All that head tracking says to people. */
export interface Words {
  button: string;
  hint: string;
  title: string;
  privacy: string;
  start: string;
  stop: string;
  states: { off: string; asking: string; loading: string; tracking: string; lost: string };
  refusals: {
    denied: string;
    camera: string;
    busy: string;
    insecure: string;
    browser: string;
    failed: string;
  };
  width: string;
  distance: string;
  above: string;
  fit: string;
  fitted: string;
  recentre: string;
  mouse: string;
}

export const english: Words = {
  button: "Follow my head",
  hint: "Look around by moving your head (H)",
  title: "Follow my head",
  privacy:
    "Your webcam finds where your eyes are. Its pictures never leave this page: they are not sent, shown to anybody or kept.",
  start: "Start with my webcam",
  stop: "Stop",
  states: {
    off: "Off. The webcam is not in use.",
    asking: "Your browser asks whether this page may use the webcam.",
    loading: "Loading (some 4 MB, once)…",
    tracking: "Your head moves your eye.",
    lost: "Your face is out of sight. Come back before the webcam, or give it more light.",
  },
  refusals: {
    denied: "The webcam was not allowed. Allow it by the icon in the address bar, then start again.",
    camera: "No webcam was found, or it was unplugged. Plug one in, then start again.",
    busy: "Another program holds the webcam. Close it, then start again.",
    insecure: "Browsers give the webcam only to pages with https. Ask the node's owner for TLS.",
    browser: "This browser cannot do it. Use a current Chrome, Edge, Firefox or Safari.",
    failed:
      "It could not be loaded or stopped with an error. Start again; if that does not help, load the page anew.",
  },
  width: "Width of the screen, cm",
  distance: "From eyes to screen, cm",
  above: "Webcam above the screen's middle, cm",
  fit: "I sit there and look at the middle",
  fitted: "Thank you. Distance and direction are set.",
  recentre: "My place is here",
  mouse: "Mouse and arrow keys go on working.",
};

export const chinese: Words = {
  button: "跟随头部",
  hint: "移动头部来改变视角 (H)",
  title: "跟随头部",
  privacy: "摄像头用来确定您眼睛的位置。画面不会离开本页面：不发送、不展示给任何人、也不保存。",
  start: "用我的摄像头开始",
  stop: "停止",
  states: {
    off: "已关闭。没有使用摄像头。",
    asking: "浏览器正在询问是否允许本页面使用摄像头。",
    loading: "正在加载（约 4 MB，仅一次）…",
    tracking: "视角随您的头部移动。",
    lost: "看不到您的脸。请回到摄像头前，或增加光线。",
  },
  refusals: {
    denied: "未获准使用摄像头。请点击地址栏中的图标允许，然后重新开始。",
    camera: "没有找到摄像头，或摄像头已拔出。请接好后重新开始。",
    busy: "另一个程序正在使用摄像头。请关闭它，然后重新开始。",
    insecure: "浏览器只允许 https 页面使用摄像头。请让节点的管理员启用 TLS。",
    browser: "此浏览器不支持。请使用新版 Chrome、Edge、Firefox 或 Safari。",
    failed: "加载失败或出错停止。请重新开始；如果仍不行，请重新加载页面。",
  },
  width: "屏幕宽度（厘米）",
  distance: "眼睛到屏幕的距离（厘米）",
  above: "摄像头高出屏幕中心（厘米）",
  fit: "我坐在此处并看着屏幕中心",
  fitted: "谢谢，距离和方向已设定。",
  recentre: "以此为我的位置",
  mouse: "鼠标和方向键仍然可用。",
};
