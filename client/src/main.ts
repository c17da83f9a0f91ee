import "./ui/style.css";
import { App } from "./app";
import { optionsOf } from "./options";
import { explainMissing } from "./ui/missing";
import { loadAgain, NoticeBoard } from "./ui/notice";
import { NoWebGL } from "./view/easel";

const board = new NoticeBoard();
const missing = explainMissing(window);
if (missing) {
  board.status("Not possible in this browser", "bad");
  board.show(missing);
} else {
  try {
    const options = optionsOf(new URL(location.href));
    if (options.room === undefined) new App(options, board).start();
    else new (await import("./roomapp")).RoomApp(options.room, options, board).start();
  } catch (cause) {
    if (!(cause instanceof NoWebGL)) throw cause;
    board.status("No 3D", "bad");
    board.show({
      title: "This browser gives no 3D graphics",
      text: "WebGL 2 is switched off or not there. Switch on hardware acceleration in the browser's settings, update the graphics driver, or use a current Chrome, Edge, Firefox or Safari.",
      action: loadAgain,
    });
  }
}
