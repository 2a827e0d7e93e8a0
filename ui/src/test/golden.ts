/** An example of each message of the app, for each of its variants and words. Written by a test of the app. */
import type { Snapshot } from '../bindings/Snapshot';
import type { Page } from '../bindings/Page';
import type { Changes } from '../bindings/Changes';
import type { Row } from '../bindings/Row';
import type { EventDetail } from '../bindings/EventDetail';
import type { Trace } from '../bindings/Trace';
import type { CheckReport } from '../bindings/CheckReport';
import type { BridgeError } from '../bindings/BridgeError';

export const golden: {
  Snapshot: Snapshot[];
  Page: Page[];
  Changes: Changes[];
  Row: Row[];
  EventDetail: EventDetail[];
  Trace: Trace[];
  CheckReport: CheckReport[];
  BridgeError: BridgeError[];
} = {
  Snapshot: [
    {"newestRev":31,"newestSeq":30,"now":1795242931482,"receivingSince":1795242841482,"eventCount":29,"perMinute":126,"feeds":[{"id":"ops-1","name":"Ops 1","url":"https://example.com/ops","connection":{"state":"connecting","since":1795242928482,"attempt":2,"slow":false},"unread":1,"unreadCritical":true,"alerts":true,"count":11,"rate":[0,1,2,3,4,5,6,7,8,9,10,11,12,13,14],"lastId":"41","quietLimitMs":null,"auth":[{"kind":"bearer","secretName":"ops"},{"kind":"basic","user":"ann","secretName":"ops"},{"kind":"header","name":"key","secretName":"ops"},{"kind":"query","name":"key","secretName":"ops"},{"kind":"cookie","name":"key","secretName":"ops"}]},{"id":"ops-2","name":"Ops 2","url":"https://example.com/ops","connection":{"state":"connecting","since":1795242919482,"attempt":1,"slow":true},"unread":2,"unreadCritical":false,"alerts":false,"count":12,"rate":[0,1,2,3,4,5,6,7,8,9,10,11,12,13,14],"lastId":"41","quietLimitMs":null,"auth":[]},{"id":"ops-3","name":"Ops 3","url":"https://example.com/ops","connection":{"state":"live","since":1795242871482,"http":"2","status":200,"pollMs":null},"unread":3,"unreadCritical":false,"alerts":true,"count":13,"rate":[0,1,2,3,4,5,6,7,8,9,10,11,12,13,14],"lastId":"41","quietLimitMs":60000,"auth":[]},{"id":"ops-4","name":"Ops 4","url":"https://example.com/ops","connection":{"state":"live","since":1795242871482,"http":"1.1","status":200,"pollMs":1000},"unread":4,"unreadCritical":false,"alerts":true,"count":14,"rate":[0,1,2,3,4,5,6,7,8,9,10,11,12,13,14],"lastId":"41","quietLimitMs":null,"auth":[]},{"id":"ops-5","name":"Ops 5","url":"https://example.com/ops","connection":{"state":"waiting","retryAt":1795242939482,"attempt":4,"reason":{"code":"status","status":503,"detail":null}},"unread":5,"unreadCritical":false,"alerts":true,"count":15,"rate":[0,1,2,3,4,5,6,7,8,9,10,11,12,13,14],"lastId":"41","quietLimitMs":null,"auth":[]},{"id":"ops-6","name":"Ops 6","url":"https://example.com/ops","connection":{"state":"parked","since":1795242924482,"reason":{"code":"tls","status":null,"detail":"expired"},"retryAt":null},"unread":6,"unreadCritical":false,"alerts":true,"count":16,"rate":[0,1,2,3,4,5,6,7,8,9,10,11,12,13,14],"lastId":"41","quietLimitMs":null,"auth":[]},{"id":"ops-7","name":"Ops 7","url":"https://example.com/ops","connection":{"state":"parked","since":1795242924482,"reason":{"code":"not-found","status":404,"detail":null},"retryAt":1795243171482},"unread":7,"unreadCritical":false,"alerts":true,"count":17,"rate":[0,1,2,3,4,5,6,7,8,9,10,11,12,13,14],"lastId":"41","quietLimitMs":null,"auth":[]},{"id":"ops-8","name":"Ops 8","url":"https://example.com/ops","connection":{"state":"off","reason":{"code":"no-content","status":204,"detail":null}},"unread":8,"unreadCritical":false,"alerts":true,"count":18,"rate":[0,1,2,3,4,5,6,7,8,9,10,11,12,13,14],"lastId":"41","quietLimitMs":null,"auth":[]},{"id":"ops-9","name":"Ops 9","url":"https://example.com/ops","connection":{"state":"off","reason":null},"unread":9,"unreadCritical":false,"alerts":true,"count":19,"rate":[0,1,2,3,4,5,6,7,8,9,10,11,12,13,14],"lastId":"41","quietLimitMs":null,"auth":[]}],"mute":{"kind":"off"},"problem":null,"language":"en","theme":"system","hiddenSeq":28,"hiddenAt":1795242926482},
    {"newestRev":0,"newestSeq":0,"now":1795242931482,"receivingSince":0,"eventCount":0,"perMinute":0,"feeds":[],"mute":{"kind":"off"},"problem":null,"language":"en","theme":"system","hiddenSeq":null,"hiddenAt":null},
    {"newestRev":0,"newestSeq":0,"now":1795242931482,"receivingSince":0,"eventCount":0,"perMinute":0,"feeds":[],"mute":{"kind":"until","at":1795242991482},"problem":null,"language":"en","theme":"system","hiddenSeq":null,"hiddenAt":null},
    {"newestRev":0,"newestSeq":0,"now":1795242931482,"receivingSince":0,"eventCount":0,"perMinute":0,"feeds":[],"mute":{"kind":"on"},"problem":null,"language":"en","theme":"system","hiddenSeq":null,"hiddenAt":null},
    {"newestRev":0,"newestSeq":0,"now":1795242931482,"receivingSince":0,"eventCount":0,"perMinute":0,"feeds":[],"mute":{"kind":"off"},"problem":{"code":"config","message":"config.toml, line 3: unknown key"},"language":"en","theme":"system","hiddenSeq":null,"hiddenAt":null},
    {"newestRev":0,"newestSeq":0,"now":1795242931482,"receivingSince":0,"eventCount":0,"perMinute":0,"feeds":[],"mute":{"kind":"off"},"problem":{"code":"config-at-start","message":"config.toml, line 3: unknown key"},"language":"en","theme":"system","hiddenSeq":null,"hiddenAt":null},
    {"newestRev":0,"newestSeq":0,"now":1795242931482,"receivingSince":0,"eventCount":0,"perMinute":0,"feeds":[],"mute":{"kind":"off"},"problem":{"code":"disk","message":"config.toml, line 3: unknown key"},"language":"en","theme":"system","hiddenSeq":null,"hiddenAt":null},
    {"newestRev":0,"newestSeq":0,"now":1795242931482,"receivingSince":0,"eventCount":0,"perMinute":0,"feeds":[],"mute":{"kind":"off"},"problem":{"code":"store","message":"config.toml, line 3: unknown key"},"language":"en","theme":"system","hiddenSeq":null,"hiddenAt":null},
    {"newestRev":0,"newestSeq":0,"now":1795242931482,"receivingSince":0,"eventCount":0,"perMinute":0,"feeds":[],"mute":{"kind":"off"},"problem":{"code":"replaced","message":"config.toml, line 3: unknown key"},"language":"en","theme":"system","hiddenSeq":null,"hiddenAt":null},
    {"newestRev":0,"newestSeq":0,"now":1795242931482,"receivingSince":0,"eventCount":0,"perMinute":0,"feeds":[],"mute":{"kind":"off"},"problem":null,"language":"en","theme":"system","hiddenSeq":null,"hiddenAt":null},
    {"newestRev":0,"newestSeq":0,"now":1795242931482,"receivingSince":0,"eventCount":0,"perMinute":0,"feeds":[],"mute":{"kind":"off"},"problem":null,"language":"zh-CN","theme":"system","hiddenSeq":null,"hiddenAt":null},
    {"newestRev":0,"newestSeq":0,"now":1795242931482,"receivingSince":0,"eventCount":0,"perMinute":0,"feeds":[],"mute":{"kind":"off"},"problem":null,"language":"en","theme":"system","hiddenSeq":null,"hiddenAt":null},
    {"newestRev":0,"newestSeq":0,"now":1795242931482,"receivingSince":0,"eventCount":0,"perMinute":0,"feeds":[],"mute":{"kind":"off"},"problem":null,"language":"en","theme":"light","hiddenSeq":null,"hiddenAt":null},
    {"newestRev":0,"newestSeq":0,"now":1795242931482,"receivingSince":0,"eventCount":0,"perMinute":0,"feeds":[],"mute":{"kind":"off"},"problem":null,"language":"en","theme":"dark","hiddenSeq":null,"hiddenAt":null},
  ],
  Page: [
    {"rows":[{"seq":1,"rev":101,"feed":"ops","at":1795242931483,"kind":"retry","ms":3000}],"moreBefore":true,"moreAfter":false,"rev":31,"total":32,"control":12},
    {"rows":[],"moreBefore":false,"moreAfter":true,"rev":31,"total":32,"control":12},
  ],
  Changes: [
    {"rows":[{"seq":2,"rev":102,"feed":"ops","at":1795242931484,"kind":"no-answer","afterMs":10000}],"rev":31,"more":true,"total":33,"control":13},
    {"rows":[],"rev":31,"more":false,"total":34,"control":13},
  ],
  Row: [
    {"seq":1,"rev":101,"feed":"ops","at":1795242931483,"kind":"event","event":"alert","id":"41","preview":"{\"text\": \"订单\",\n\"more\": \"https://example.com/runbook\"}","size":57,"severity":"info","decision":"logged","replayed":false},
    {"seq":2,"rev":102,"feed":"ops","at":1795242931484,"kind":"event","event":"alert","id":"41","preview":"{\"text\": \"订单\",\n\"more\": \"https://example.com/runbook\"}","size":57,"severity":"warning","decision":"logged","replayed":false},
    {"seq":3,"rev":103,"feed":"ops","at":1795242931485,"kind":"event","event":"alert","id":"41","preview":"{\"text\": \"订单\",\n\"more\": \"https://example.com/runbook\"}","size":57,"severity":"critical","decision":"logged","replayed":true},
    {"seq":4,"rev":104,"feed":"ops","at":1795242931486,"kind":"event","event":"alert","id":"41","preview":"{\"text\": \"订单\",\n\"more\": \"https://example.com/runbook\"}","size":57,"severity":"info","decision":"control","replayed":false},
    {"seq":5,"rev":105,"feed":"ops","at":1795242931487,"kind":"event","event":"alert","id":"41","preview":"{\"text\": \"订单\",\n\"more\": \"https://example.com/runbook\"}","size":57,"severity":"info","decision":"logged","replayed":false},
    {"seq":6,"rev":106,"feed":"ops","at":1795242931488,"kind":"event","event":"alert","id":"41","preview":"{\"text\": \"订单\",\n\"more\": \"https://example.com/runbook\"}","size":57,"severity":"info","decision":"notified","replayed":false},
    {"seq":7,"rev":107,"feed":"ops","at":1795242931489,"kind":"event","event":"alert","id":"41","preview":"{\"text\": \"订单\",\n\"more\": \"https://example.com/runbook\"}","size":57,"severity":"info","decision":"digest","replayed":false},
    {"seq":8,"rev":108,"feed":"ops","at":1795242931490,"kind":"event","event":"alert","id":"41","preview":"{\"text\": \"订单\",\n\"more\": \"https://example.com/runbook\"}","size":57,"severity":"info","decision":"muted","replayed":false},
    {"seq":9,"rev":109,"feed":"ops","at":1795242931491,"kind":"open","status":200,"http":"1.1","afterMs":2500,"attempt":3,"resumed":"no","mayMiss":false,"repeated":7},
    {"seq":10,"rev":110,"feed":"ops","at":1795242931492,"kind":"open","status":200,"http":"1.1","afterMs":2500,"attempt":3,"resumed":"asked","mayMiss":false,"repeated":7},
    {"seq":11,"rev":111,"feed":"ops","at":1795242931493,"kind":"open","status":200,"http":"1.1","afterMs":2500,"attempt":3,"resumed":"shown","mayMiss":false,"repeated":7},
    {"seq":12,"rev":112,"feed":"ops","at":1795242931494,"kind":"open","status":200,"http":"1.1","afterMs":2500,"attempt":3,"resumed":"cannot","mayMiss":false,"repeated":7},
    {"seq":13,"rev":113,"feed":"ops","at":1795242931495,"kind":"polled","everyMs":1000,"polls":600,"since":1795242331482,"resumed":"shown","repeated":2},
    {"seq":14,"rev":114,"feed":"ops","at":1795242931496,"kind":"no-answer","afterMs":10000},
    {"seq":15,"rev":115,"feed":"ops","at":1795242931497,"kind":"retry","ms":3000},
    {"seq":16,"rev":116,"feed":"ops","at":1795242931498,"kind":"parked","reason":{"code":"sign-in","status":401,"detail":null}},
    {"seq":17,"rev":117,"feed":"ops","at":1795242931499,"kind":"closed","reason":{"code":"no-content","status":204,"detail":null}},
    {"seq":18,"rev":118,"feed":"ops","at":1795242931500,"kind":"closed","reason":null},
    {"seq":19,"rev":119,"feed":"ops","at":1795242931501,"kind":"reconnecting","reason":{"code":"ended","status":null,"detail":null},"inMs":4200,"tries":5,"since":1795242871482,"lastId":"41"},
    {"seq":20,"rev":120,"feed":"ops","at":1795242931502,"kind":"reconnecting","reason":{"code":"refused","status":null,"detail":null},"inMs":4200,"tries":5,"since":1795242871482,"lastId":"41"},
    {"seq":21,"rev":121,"feed":"ops","at":1795242931503,"kind":"reconnecting","reason":{"code":"reset","status":null,"detail":null},"inMs":4200,"tries":5,"since":1795242871482,"lastId":"41"},
    {"seq":22,"rev":122,"feed":"ops","at":1795242931504,"kind":"reconnecting","reason":{"code":"dns","status":null,"detail":null},"inMs":4200,"tries":5,"since":1795242871482,"lastId":"41"},
    {"seq":23,"rev":123,"feed":"ops","at":1795242931505,"kind":"reconnecting","reason":{"code":"connect-timeout","status":null,"detail":null},"inMs":4200,"tries":5,"since":1795242871482,"lastId":"41"},
    {"seq":24,"rev":124,"feed":"ops","at":1795242931506,"kind":"reconnecting","reason":{"code":"no-answer","status":null,"detail":null},"inMs":4200,"tries":5,"since":1795242871482,"lastId":"41"},
    {"seq":25,"rev":125,"feed":"ops","at":1795242931507,"kind":"reconnecting","reason":{"code":"idle","status":null,"detail":null},"inMs":4200,"tries":5,"since":1795242871482,"lastId":"41"},
    {"seq":26,"rev":126,"feed":"ops","at":1795242931508,"kind":"reconnecting","reason":{"code":"tls","status":null,"detail":"detail"},"inMs":4200,"tries":5,"since":1795242871482,"lastId":"41"},
    {"seq":27,"rev":127,"feed":"ops","at":1795242931509,"kind":"reconnecting","reason":{"code":"network","status":null,"detail":"detail"},"inMs":4200,"tries":5,"since":1795242871482,"lastId":"41"},
    {"seq":28,"rev":128,"feed":"ops","at":1795242931510,"kind":"reconnecting","reason":{"code":"status","status":503,"detail":null},"inMs":4200,"tries":5,"since":1795242871482,"lastId":"41"},
    {"seq":29,"rev":129,"feed":"ops","at":1795242931511,"kind":"reconnecting","reason":{"code":"no-content","status":204,"detail":null},"inMs":4200,"tries":5,"since":1795242871482,"lastId":"41"},
    {"seq":30,"rev":130,"feed":"ops","at":1795242931512,"kind":"reconnecting","reason":{"code":"complete","status":null,"detail":null},"inMs":4200,"tries":5,"since":1795242871482,"lastId":"41"},
    {"seq":31,"rev":131,"feed":"ops","at":1795242931513,"kind":"reconnecting","reason":{"code":"sign-in","status":503,"detail":null},"inMs":4200,"tries":5,"since":1795242871482,"lastId":"41"},
    {"seq":32,"rev":132,"feed":"ops","at":1795242931514,"kind":"reconnecting","reason":{"code":"not-found","status":503,"detail":null},"inMs":4200,"tries":5,"since":1795242871482,"lastId":"41"},
    {"seq":33,"rev":133,"feed":"ops","at":1795242931515,"kind":"reconnecting","reason":{"code":"wrong-type","status":null,"detail":"detail"},"inMs":4200,"tries":5,"since":1795242871482,"lastId":"41"},
    {"seq":34,"rev":134,"feed":"ops","at":1795242931516,"kind":"reconnecting","reason":{"code":"unexpected-status","status":503,"detail":null},"inMs":4200,"tries":5,"since":1795242871482,"lastId":"41"},
    {"seq":35,"rev":135,"feed":"ops","at":1795242931517,"kind":"reconnecting","reason":{"code":"redirect","status":null,"detail":"detail"},"inMs":4200,"tries":5,"since":1795242871482,"lastId":"41"},
    {"seq":36,"rev":136,"feed":"ops","at":1795242931518,"kind":"reconnecting","reason":{"code":"encoding","status":null,"detail":"detail"},"inMs":4200,"tries":5,"since":1795242871482,"lastId":"41"},
    {"seq":37,"rev":137,"feed":"ops","at":1795242931519,"kind":"reconnecting","reason":{"code":"insecure-auth","status":null,"detail":null},"inMs":4200,"tries":5,"since":1795242871482,"lastId":"41"},
    {"seq":38,"rev":138,"feed":"ops","at":1795242931520,"kind":"reconnecting","reason":{"code":"bad-header","status":null,"detail":null},"inMs":4200,"tries":5,"since":1795242871482,"lastId":"41"},
    {"seq":39,"rev":139,"feed":"ops","at":1795242931521,"kind":"reconnecting","reason":{"code":"bad-cookie","status":null,"detail":"detail"},"inMs":4200,"tries":5,"since":1795242871482,"lastId":"41"},
    {"seq":40,"rev":140,"feed":"ops","at":1795242931522,"kind":"reconnecting","reason":{"code":"subscribe","status":null,"detail":"detail"},"inMs":4200,"tries":5,"since":1795242871482,"lastId":"41"},
    {"seq":41,"rev":141,"feed":"ops","at":1795242931523,"kind":"reconnecting","reason":{"code":"keychain-locked","status":null,"detail":null},"inMs":4200,"tries":5,"since":1795242871482,"lastId":"41"},
    {"seq":42,"rev":142,"feed":"ops","at":1795242931524,"kind":"reconnecting","reason":{"code":"keychain-absent","status":null,"detail":null},"inMs":4200,"tries":5,"since":1795242871482,"lastId":"41"},
    {"seq":43,"rev":143,"feed":"ops","at":1795242931525,"kind":"reconnecting","reason":{"code":"keychain-timeout","status":null,"detail":null},"inMs":4200,"tries":5,"since":1795242871482,"lastId":"41"},
    {"seq":44,"rev":144,"feed":"ops","at":1795242931526,"kind":"reconnecting","reason":{"code":"secret-missing","status":null,"detail":"detail"},"inMs":4200,"tries":5,"since":1795242871482,"lastId":"41"},
    {"seq":45,"rev":145,"feed":"ops","at":1795242931527,"kind":"reconnecting","reason":{"code":"woke","status":null,"detail":null},"inMs":4200,"tries":5,"since":1795242871482,"lastId":"41"},
    {"seq":46,"rev":146,"feed":"ops","at":1795242931528,"kind":"reconnecting","reason":{"code":"restart","status":null,"detail":null},"inMs":4200,"tries":5,"since":1795242871482,"lastId":"41"},
    {"seq":47,"rev":147,"feed":"ops","at":1795242931529,"kind":"gap","from":1795242871482,"to":1795242931482,"reason":"no-ids"},
    {"seq":48,"rev":148,"feed":"ops","at":1795242931530,"kind":"gap","from":1795242871482,"to":1795242931482,"reason":"no-event-yet"},
    {"seq":49,"rev":149,"feed":"ops","at":1795242931531,"kind":"gap","from":1795242871482,"to":1795242931482,"reason":"no-usable-id"},
    {"seq":50,"rev":150,"feed":"ops","at":1795242931532,"kind":"gap","from":1795242871482,"to":1795242931482,"reason":"no-cursor"},
    {"seq":51,"rev":151,"feed":"ops","at":1795242931533,"kind":"gap","from":1795242871482,"to":1795242931482,"reason":"resume-off"},
    {"seq":52,"rev":152,"feed":"ops","at":1795242931534,"kind":"gap","from":1795242871482,"to":1795242931482,"reason":"cursor-dropped"},
    {"seq":53,"rev":153,"feed":"ops","at":1795242931535,"kind":"gap","from":1795242871482,"to":1795242931482,"reason":"address-changed"},
    {"seq":54,"rev":154,"feed":"ops","at":1795242931536,"kind":"gap","from":1795242871482,"to":1795242931482,"reason":"no-head"},
    {"seq":55,"rev":155,"feed":"ops","at":1795242931537,"kind":"gap","from":1795242871482,"to":1795242931482,"reason":"resume-unshown"},
    {"seq":56,"rev":156,"feed":"ops","at":1795242931538,"kind":"gap","from":1795242871482,"to":1795242931482,"reason":"not-a-cursor"},
    {"seq":57,"rev":157,"feed":"ops","at":1795242931539,"kind":"gap","from":1795242871482,"to":1795242931482,"reason":"place-refused"},
    {"seq":58,"rev":158,"feed":"ops","at":1795242931540,"kind":"gap","from":1795242871482,"to":1795242931482,"reason":"history-too-short"},
    {"seq":59,"rev":159,"feed":"ops","at":1795242931541,"kind":"gap","from":1795242871482,"to":1795242931482,"reason":"oversize"},
    {"seq":60,"rev":160,"feed":"ops","at":1795242931542,"kind":"gap","from":1795242871482,"to":1795242931482,"reason":"store-replaced"},
  ],
  EventDetail: [
    {"seq":1,"feed":"ops","at":1795242931483,"event":"alert","id":"41","explicitId":false,"data":"{\"text\": \"订单\",\n\"more\": \"https://example.com/runbook\"}","cut":false,"size":57,"lines":2,"origin":"https://example.com","severity":"info","decision":"logged","rule":null,"fault":null,"part":null,"replayed":false,"links":[{"number":1,"host":"example.com"}]},
    {"seq":2,"feed":"ops","at":1795242931484,"event":"alert","id":"41","explicitId":false,"data":"{\"text\": \"订单\",\n\"more\": \"https://example.com/runbook\"}","cut":false,"size":57,"lines":2,"origin":"https://example.com","severity":"warning","decision":"logged","rule":null,"fault":null,"part":null,"replayed":false,"links":[{"number":1,"host":"example.com"}]},
    {"seq":3,"feed":"ops","at":1795242931485,"event":"alert","id":"41","explicitId":false,"data":"{\"text\": \"订单\",\n\"more\": \"https://example.com/runbook\"}","cut":false,"size":57,"lines":2,"origin":"https://example.com","severity":"critical","decision":"logged","rule":null,"fault":null,"part":null,"replayed":true,"links":[{"number":1,"host":"example.com"}]},
    {"seq":4,"feed":"ops","at":1795242931486,"event":"alert","id":"41","explicitId":true,"data":"{\"text\": \"订单\",\n\"more\": \"https://example.com/runbook\"}","cut":false,"size":57,"lines":2,"origin":"https://example.com","severity":"info","decision":"control","rule":"all","fault":"when: cannot be computed: tried to use + operator","part":{"number":2,"of":3},"replayed":false,"links":[{"number":1,"host":"example.com"}]},
    {"seq":5,"feed":"ops","at":1795242931487,"event":"alert","id":"41","explicitId":true,"data":"{\"text\": \"订单\",\n\"more\": \"https://example.com/runbook\"}","cut":false,"size":57,"lines":2,"origin":"https://example.com","severity":"info","decision":"logged","rule":"all","fault":"when: cannot be computed: tried to use + operator","part":{"number":2,"of":3},"replayed":false,"links":[{"number":1,"host":"example.com"}]},
    {"seq":6,"feed":"ops","at":1795242931488,"event":"alert","id":"41","explicitId":true,"data":"{\"text\": \"订单\",\n\"more\": \"https://example.com/runbook\"}","cut":false,"size":57,"lines":2,"origin":"https://example.com","severity":"info","decision":"notified","rule":"all","fault":"when: cannot be computed: tried to use + operator","part":{"number":2,"of":3},"replayed":false,"links":[{"number":1,"host":"example.com"}]},
    {"seq":7,"feed":"ops","at":1795242931489,"event":"alert","id":"41","explicitId":true,"data":"{\"text\": \"订单\",\n\"more\": \"https://example.com/runbook\"}","cut":false,"size":57,"lines":2,"origin":"https://example.com","severity":"info","decision":"digest","rule":"all","fault":"when: cannot be computed: tried to use + operator","part":{"number":2,"of":3},"replayed":false,"links":[{"number":1,"host":"example.com"}]},
    {"seq":8,"feed":"ops","at":1795242931490,"event":"alert","id":"41","explicitId":true,"data":"{\"text\": \"订单\",\n\"more\": \"https://example.com/runbook\"}","cut":false,"size":57,"lines":2,"origin":"https://example.com","severity":"info","decision":"muted","rule":"all","fault":"when: cannot be computed: tried to use + operator","part":{"number":2,"of":3},"replayed":false,"links":[{"number":1,"host":"example.com"}]},
  ],
  Trace: [
    {"seq":7,"lines":{"kind":"as-received","lines":[{"parts":["id: 1"],"end":"crlf"},{"parts":[": ","E2 82"," a"],"end":"lf"},{"parts":[],"end":"cr"},{"parts":["data: 字"],"end":null}],"size":24,"shown":24},"timing":{"arrivedAt":1795242931482,"chunks":2,"tookUs":430,"storedAt":1795242931500,"inGroup":6,"shownAt":1795242931507,"sinceLastMs":1500}},
    {"seq":7,"lines":{"kind":"too-large"},"timing":{"arrivedAt":1795242931482,"chunks":2,"tookUs":430,"storedAt":1795242931500,"inGroup":6,"shownAt":1795242931507,"sinceLastMs":null}},
    {"seq":7,"lines":{"kind":"unknown"},"timing":{"arrivedAt":1795242931482,"chunks":null,"tookUs":null,"storedAt":null,"inGroup":null,"shownAt":null,"sinceLastMs":null}},
  ],
  CheckReport: [
    {"steps":[{"step":"address","ok":true,"detail":"detail","reason":null},{"step":"connect","ok":false,"detail":"detail","reason":{"code":"refused","status":null,"detail":null}}],"suggestedName":"example","addable":true,"seen":null},
    {"steps":[{"step":"answer","ok":null,"detail":"detail","reason":{"code":"no-answer","status":null,"detail":null}}],"suggestedName":"example","addable":false,"seen":null},
    {"steps":[{"step":"address","ok":true,"detail":"detail","reason":null},{"step":"connect","ok":true,"detail":"detail","reason":null},{"step":"answer","ok":true,"detail":"detail","reason":null},{"step":"type","ok":true,"detail":"detail","reason":null},{"step":"first-event","ok":true,"detail":"detail","reason":null}],"suggestedName":"example","addable":true,"seen":{"events":10,"types":[{"event":"type-1","count":1,"perMinute":null,"advice":"notify","notify":true},{"event":"type-2","count":2,"perMinute":12,"advice":"frequent","notify":false},{"event":"type-3","count":3,"perMinute":18,"advice":"control","notify":false},{"event":"type-4","count":4,"perMinute":24,"advice":"unnamed","notify":false}],"ids":"unknown"}},
    {"steps":[{"step":"address","ok":true,"detail":"detail","reason":null},{"step":"connect","ok":true,"detail":"detail","reason":null},{"step":"answer","ok":true,"detail":"detail","reason":null},{"step":"type","ok":true,"detail":"detail","reason":null},{"step":"first-event","ok":true,"detail":"detail","reason":null}],"suggestedName":"example","addable":true,"seen":{"events":10,"types":[{"event":"type-1","count":1,"perMinute":null,"advice":"notify","notify":true},{"event":"type-2","count":2,"perMinute":12,"advice":"frequent","notify":false},{"event":"type-3","count":3,"perMinute":18,"advice":"control","notify":false},{"event":"type-4","count":4,"perMinute":24,"advice":"unnamed","notify":false}],"ids":"none"}},
    {"steps":[{"step":"address","ok":true,"detail":"detail","reason":null},{"step":"connect","ok":true,"detail":"detail","reason":null},{"step":"answer","ok":true,"detail":"detail","reason":null},{"step":"type","ok":true,"detail":"detail","reason":null},{"step":"first-event","ok":true,"detail":"detail","reason":null}],"suggestedName":"example","addable":true,"seen":{"events":10,"types":[{"event":"type-1","count":1,"perMinute":null,"advice":"notify","notify":true},{"event":"type-2","count":2,"perMinute":12,"advice":"frequent","notify":false},{"event":"type-3","count":3,"perMinute":18,"advice":"control","notify":false},{"event":"type-4","count":4,"perMinute":24,"advice":"unnamed","notify":false}],"ids":"fixed"}},
    {"steps":[{"step":"address","ok":true,"detail":"detail","reason":null},{"step":"connect","ok":true,"detail":"detail","reason":null},{"step":"answer","ok":true,"detail":"detail","reason":null},{"step":"type","ok":true,"detail":"detail","reason":null},{"step":"first-event","ok":true,"detail":"detail","reason":null}],"suggestedName":"example","addable":true,"seen":{"events":10,"types":[{"event":"type-1","count":1,"perMinute":null,"advice":"notify","notify":true},{"event":"type-2","count":2,"perMinute":12,"advice":"frequent","notify":false},{"event":"type-3","count":3,"perMinute":18,"advice":"control","notify":false},{"event":"type-4","count":4,"perMinute":24,"advice":"unnamed","notify":false}],"ids":"usable"}},
  ],
  BridgeError: [
    {"code":"bad-address","message":"what happened; what to do"},
    {"code":"bad-sign-in","message":"what happened; what to do"},
    {"code":"config-broken","message":"what happened; what to do"},
    {"code":"config-inline","message":"what happened; what to do"},
    {"code":"config-unwritable","message":"what happened; what to do"},
    {"code":"demo-failed","message":"what happened; what to do"},
    {"code":"ended","message":"what happened; what to do"},
    {"code":"feed-taken","message":"what happened; what to do"},
    {"code":"keychain","message":"what happened; what to do"},
    {"code":"no-such-event","message":"what happened; what to do"},
    {"code":"no-such-feed","message":"what happened; what to do"},
    {"code":"no-such-link","message":"what happened; what to do"},
    {"code":"no-such-secret","message":"what happened; what to do"},
    {"code":"open-failed","message":"what happened; what to do"},
    {"code":"read-failed","message":"what happened; what to do"},
  ],
};
