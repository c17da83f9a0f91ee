import type { Welcome } from "../protocol/room.gen";
import { megabytes, t } from "../text/text";

/** What the node takes of a picture. */
export const largestPicture = 5 << 20; // bytes
export const pictureKinds = ["image/png", "image/jpeg", "image/webp"] as const;

/** Why a file cannot be shown, in words; undefined: it can. */
export function problemOf(file: Pick<File, "type" | "size">): string | undefined {
  if (!(pictureKinds as readonly string[]).includes(file.type)) return t("items.picture.kind");
  if (file.size <= largestPicture) return undefined;
  return t("items.picture.large", { size: megabytes(file.size), mb: largestPicture >> 20 });
}

/** Sends a picture to the node: its path there, and width over height. Rejects with words for people. */
export async function upload(
  file: File,
  welcome: Pick<Welcome, "room" | "resume">,
  fetcher: typeof fetch = fetch,
): Promise<{ path: string; aspect: number }> {
  const problem = problemOf(file);
  if (problem) throw new Error(problem);
  const bitmap = await createImageBitmap(file).catch(() => {
    throw new Error(t("items.picture.broken"));
  });
  const aspect = bitmap.width / bitmap.height;
  bitmap.close();
  const address = new URL(`api/room/${encodeURIComponent(welcome.room)}/pictures`, document.baseURI);
  const answer = await fetcher(address, {
    method: "POST",
    headers: { Authorization: `Bearer ${welcome.resume}`, "Content-Type": file.type },
    body: file,
  });
  if (!answer.ok) {
    const why = (await answer.text().catch(() => "")).slice(0, 200).trim() || String(answer.status);
    throw new Error(t("items.picture.refused", { why }));
  }
  const { path } = (await answer.json()) as { path?: unknown };
  if (typeof path !== "string" || !path) throw new Error(t("items.picture.refused", { why: "path" }));
  return { path, aspect };
}
