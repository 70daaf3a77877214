-- A light motorcycle on country roads: OSRM's car (found by LUA_PATH), but narrow, never faster than 60 km/h, and on
-- farm tracks. House estimates, to be replaced by measured tours.
local motorcycle = require('car')
local car_setup = motorcycle.setup

motorcycle.setup = function()
  local profile = car_setup()
  profile.vehicle_max_speed = 60
  profile.vehicle_height = 1.8
  profile.vehicle_width = 0.9
  profile.vehicle_length = 2.2
  profile.vehicle_weight = 300
  profile.access_tags_hierarchy = Sequence { 'motorcycle', 'motor_vehicle', 'vehicle', 'access' }
  profile.restrictions = Sequence { 'motorcycle', 'motor_vehicle', 'vehicle' }
  profile.access_tag_whitelist['motorcycle'] = true
  profile.access_tag_whitelist['motorcar'] = nil
  profile.speeds.highway.track = 15
  return profile
end

return motorcycle
